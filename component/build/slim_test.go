package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func linkedTiny(t *testing.T) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "tiny.wasm")
	if err := compile(toolchainUnderTest(t), "./component/build/testdata/tiny", out, true); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSlimLeavesAllButTables(t *testing.T) {
	linked := linkedTiny(t)
	slimmed, err := slim(bytes.Clone(linked))
	if err != nil {
		t.Fatal(err)
	}
	memory, err := readMemory(linked)
	if err != nil {
		t.Fatal(err)
	}
	base, header, err := findPCHeader(memory)
	if err != nil {
		t.Fatal(err)
	}
	after, err := readMemory(slimmed)
	if err != nil {
		t.Fatal(err)
	}
	tab := base + int(header.Tab)
	if !bytes.Equal(memory[:tab], after[:tab]) {
		t.Error("it wrote outside of the tables: names of functions and files stay")
	}
	if n := segments(t, slimmed); n > 1_000 {
		t.Errorf("the module has %d data segments, each with a header", n)
	}
	zeros := func(data []byte) int { return bytes.Count(data, []byte{0}) }
	table := func(m []byte) []byte { return m[tab : base+int(header.Fn)] }
	if got, of := zeros(table(after))-zeros(table(memory)), len(table(memory)); got < of/2 {
		t.Errorf("it took %d of %d bytes away, less than half", got, of)
	}
	if again, err := slim(bytes.Clone(slimmed)); err != nil || !bytes.Equal(again, slimmed) {
		t.Errorf("a second time it changes more (%v)", err)
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

func TestSlimRefusesWhatItDoesNotKnow(t *testing.T) {
	linked := linkedTiny(t)
	for name, wasm := range map[string][]byte{
		"nothing": {}, "no memory": []byte("\x00asm\x01\x00\x00\x00"), "half": linked[:len(linked)/2],
		"another header": bytes.ReplaceAll(linked, []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}, []byte{0xf2, 0xff, 0xff, 0xff, 0, 0, 1, 8}),
	} {
		if _, err := slim(bytes.Clone(wasm)); err == nil {
			t.Errorf("it took %s for a linked module", name)
		}
	}
}

func TestKnownLayoutReadsTheToolchain(t *testing.T) {
	tool := toolchainUnderTest(t)
	if err := knownLayout(tool); err != nil {
		t.Error(err)
	}
	other := tool
	other.goroot = t.TempDir()
	for _, name := range []string{"runtime/runtime2.go", "runtime/symtab.go", "internal/abi/symtab.go"} {
		data, err := os.ReadFile(filepath.Join(tool.goroot, "src", name))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(other.goroot, "src", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		data = bytes.Replace(data, []byte("\tpcln "), []byte("\tpcnew uint32\n\tpcln "), 1)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := knownLayout(other); err == nil {
		t.Error("a new field is not noticed")
	}
}
