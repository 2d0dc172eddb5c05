package main

import (
	"strings"
	"testing"

	"hallway/component/build/shrink"
)

// importing is a module that takes the functions from its host.
func importing(names ...string) []byte {
	const module = "gojs"
	section := []byte{byte(len(names))}
	for _, name := range names {
		section = append(append(section, byte(len(module))), module...)
		section = append(append(section, byte(len(name))), name...)
		section = append(section, 0, 0) // a function, of type 0
	}
	return append([]byte("\x00asm\x01\x00\x00\x00\x02"+string(rune(len(section)))), section...)
}

func TestTrimKeepsWhatTheProgramImports(t *testing.T) {
	adapted, err := adapt(originalScript(t), "go1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	trimmed, err := trim(adapted, importing("runtime.wasmExit", "syscall/js.valueGet"))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		`"runtime.wasmExit": (sp) => {`:         true,
		`"syscall/js.valueGet": (sp) => {`:      true,
		"storeValue(sp + 32, result);\n":        true, // of valueGet
		`"syscall/js.valueNew"`:                 false,
		"Reflect.construct":                     false,
		"testExport":                            false,
		"this.env).sort":                        false,
		"async run(instance) {":                 true,
		"if (offset >= wasmMinDataAddr) {":      false,
		"if (!globalThis.fs) {":                 false,
		"missed timeout event":                  false,
		"const keys":                            false,
		"_makeFuncWrapper(id) {":                true,
		"const loadSliceOfValues = (addr) => {": true,
	} {
		if got := strings.Contains(trimmed, text); got != want {
			t.Errorf("%q is there: %v, want %v", text, got, want)
		}
	}
}

// What a program needs and does not get must fail the build: in a page it would fail later, or not say why.
func TestTrimRefusesWhatIsMissing(t *testing.T) {
	adapted, err := adapt(originalScript(t), "go1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		wasm []byte
		says string
	}{
		"an import that the host lacks":   {importing("runtime.newInGo"), "lacks runtime.newInGo"},
		"a function that needs a process": {append(importing(), "\x00syscall.Getpid\x00"...), "syscall.Getpid"},
		"half a module":                   {importing("runtime.wasmExit")[:20], shrink.ErrModule.Error()},
	} {
		if _, err := trim(adapted, c.wasm); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: err = %v, want one that says %q", name, err, c.says)
		}
	}
}
