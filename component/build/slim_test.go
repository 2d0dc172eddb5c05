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
	slimmed := bytes.Clone(linked)
	if err := slim(slimmed); err != nil {
		t.Fatal(err)
	}
	memory, err := readMemory(linked)
	if err != nil {
		t.Fatal(err)
	}
	base, header, err := findPCHeader(memory.bytes)
	if err != nil {
		t.Fatal(err)
	}
	after, err := readMemory(slimmed)
	if err != nil {
		t.Fatal(err)
	}
	tab := base + int(header.Tab)
	if !bytes.Equal(memory.bytes[:tab], after.bytes[:tab]) {
		t.Error("it wrote outside of the tables: names of functions and files stay")
	}
	zeros := func(data []byte) int { return bytes.Count(data, []byte{0}) }
	table := func(m []byte) []byte { return m[tab : base+int(header.Fn)] }
	if got, of := zeros(table(after.bytes))-zeros(table(memory.bytes)), len(table(memory.bytes)); got < of/2 {
		t.Errorf("it took %d of %d bytes away, less than half", got, of)
	}
	again := bytes.Clone(slimmed)
	if err := slim(again); err != nil || !bytes.Equal(again, slimmed) {
		t.Errorf("a second time it changes more (%v)", err)
	}
}

func TestSlimRefusesWhatItDoesNotKnow(t *testing.T) {
	linked := linkedTiny(t)
	for name, wasm := range map[string][]byte{
		"nothing": {}, "no memory": []byte("\x00asm\x01\x00\x00\x00"), "half": linked[:len(linked)/2],
		"another header": bytes.ReplaceAll(linked, []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}, []byte{0xf2, 0xff, 0xff, 0xff, 0, 0, 1, 8}),
	} {
		if err := slim(bytes.Clone(wasm)); err == nil {
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
