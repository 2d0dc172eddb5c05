package shrink

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// toolchainUnderTest returns the Go installation that runs the tests.
func toolchainUnderTest(t *testing.T) Toolchain {
	t.Helper()
	tool, err := FindToolchain()
	if err != nil {
		t.Fatal(err)
	}
	return tool
}

// link builds a package for the browser with the steps that work on sources and on the compiler.
func link(t *testing.T, pkg string, on Set) []byte {
	t.Helper()
	dir := t.TempDir()
	out := filepath.Join(dir, "program.wasm")
	flags, err := toolchainUnderTest(t).Flags(dir, on, nil, func() { t.Log("building the compiler") })
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", append(append([]string{"build", "-trimpath", "-ldflags", "-s -w", "-o", out}, flags...), pkg)...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestModuleLeavesAllButTables(t *testing.T) {
	linked := link(t, "./testdata/tiny", Set{"findfunc": true})
	small, err := Module(bytes.Clone(linked), All())
	if err != nil {
		t.Fatal(err)
	}
	before, after := memoryOf(t, linked), memoryOf(t, small)
	p, err := readProgram(bytes.Clone(before))
	if err != nil {
		t.Fatal(err)
	}
	// These parts may differ: funcdata and the look-up table after it, names of functions and files, tables of program counters, functions.
	units, end := p.base+int(p.header.Units), p.base+int(p.header.Fn)
	outside := func(memory []byte) []byte {
		memory = bytes.Clone(memory)
		clear(memory[p.data.FuncData : p.data.FindTab+(p.header.Funcs-1)*16*20])
		clear(memory[p.base+int(p.header.Names) : end+int(p.data.Functions.Len)])
		return memory
	}
	if !bytes.Equal(outside(before), outside(append(after, make([]byte, len(before)-len(after))...))) {
		t.Error("a step wrote outside of the tables")
	}
	zeros := func(data []byte) int { return bytes.Count(data, []byte{0}) }
	if got, of := zeros(after[units:end])-zeros(before[units:end]), end-units; got < of/2 {
		t.Errorf("the steps removed %d of %d bytes, less than half", got, of)
	}
	if n := segments(t, small); n > 1_000 {
		t.Errorf("the module has %d data segments, and each needs a header", n)
	}
	again, err := Module(bytes.Clone(small), All())
	if err != nil || !bytes.Equal(again, small) {
		t.Errorf("a second run changes the module again (%v)", err)
	}
}

// segments returns the number of a module's data segments.
func segments(t *testing.T, wasm []byte) int {
	t.Helper()
	r := wasmReader{data: wasm, at: 8}
	if !r.find(sectionData) {
		t.Fatal("the module has no data")
	}
	return r.uint()
}

// memoryOf returns the memory that a module starts with.
func memoryOf(t *testing.T, wasm []byte) []byte {
	t.Helper()
	memory, err := readMemory(wasm)
	if err != nil {
		t.Fatal(err)
	}
	return memory
}

func TestModuleRefusesWhatItDoesNotKnow(t *testing.T) {
	linked := link(t, "./testdata/tiny", Set{})
	for name, wasm := range map[string][]byte{
		"nothing": {}, "no memory": []byte("\x00asm\x01\x00\x00\x00"), "half": linked[:len(linked)/2],
		"another header": bytes.ReplaceAll(linked, []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}, []byte{0xf2, 0xff, 0xff, 0xff, 0, 0, 1, 8}),
	} {
		if _, err := Module(bytes.Clone(wasm), All()); err == nil {
			t.Errorf("%s is accepted as a linked module", name)
		}
	}
}

func TestKnownLayoutReadsTheToolchain(t *testing.T) {
	tool := toolchainUnderTest(t)
	if err := tool.KnownLayout(); err != nil {
		t.Error(err)
	}
	other := tool
	other.Root = t.TempDir()
	for _, name := range []string{"runtime/runtime2.go", "runtime/symtab.go", "internal/abi/symtab.go"} {
		data, err := os.ReadFile(filepath.Join(tool.Root, "src", name))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(other.Root, "src", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		data = bytes.Replace(data, []byte("\tpcln "), []byte("\tpcnew uint32\n\tpcln "), 1)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.KnownLayout(); err == nil {
		t.Error("a new field is not noticed")
	}
}

// TestAFetchedToolchainIsRefused checks the error for a toolchain that the go command has fetched itself. The go command does not
// replace files of such a toolchain.
func TestAFetchedToolchainIsRefused(t *testing.T) {
	tool := Toolchain{Root: filepath.FromSlash("/cache/golang.org/toolchain"), Version: "go1.2.3"}
	if err := tool.checkRoot(filepath.FromSlash("/cache")); err == nil || !strings.Contains(err.Error(), "Install go1.2.3") {
		t.Errorf("err = %v, want one that says what to do", err)
	}
	for _, cache := range []string{"", filepath.FromSlash("/cache/go"), filepath.FromSlash("/cac")} {
		if err := tool.checkRoot(cache); err != nil {
			t.Errorf("with the cache %q: %v", cache, err)
		}
	}
}

func TestNamesAreShortened(t *testing.T) {
	for name, want := range map[string]string{
		"hallway/component/client/core.(*Client).Step": "hallway/component/client/core.(*Client).Step",
		"main.main.func1": "main.main.func1",
		"runtime.gopanic": "runtime.",
		"github.com/maxence-charriere/go-app/v10/pkg/app.(*nodeManager).Update": "github.com/maxence-charriere/go-app/v10/pkg/app.",
		"slices.SortFunc[go.shape.[]hallway/protocol.User]":                     "slices.",
		"_rt0_wasm_js": "_rt0_wasm_js",
		"runtime.":     "runtime.",
	} {
		if got := shortName(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
