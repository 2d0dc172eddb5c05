package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hallway/component/build/shrink"
)

func toolchainUnderTest(t *testing.T) shrink.Toolchain {
	t.Helper()
	tool, err := shrink.FindToolchain()
	if err != nil {
		t.Fatal(err)
	}
	return tool
}

func originalScript(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(toolchainUnderTest(t).Root, "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestAdaptKeepsTheToolchainsText(t *testing.T) {
	source := originalScript(t)
	adapted, err := adapt(source, "go1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(adapted, source) {
		t.Error("the toolchain's own text was changed")
	}
	for _, want := range []string{"of go1.2.3 by", "\nexport function loadGo(globalThis) {\n", "\nreturn Go;\n}\n"} {
		if !strings.Contains(adapted, want) {
			t.Errorf("lacks %q", want)
		}
	}
}

// TestAdaptRefusesAChangedFile checks that the build fails for each change of the toolchain's file that could break our host,
// and names the change.
func TestAdaptRefusesAChangedFile(t *testing.T) {
	source := originalScript(t)
	changes := map[string][2]string{
		"another global":       {"globalThis.Go = class", "exports.Go = class"},
		"no release on exit":   {"this.exit(code)", "this.onExit(code)"},
		"another entry":        {"_resume() {", "_wake() {"},
		"another field":        {"this._ids = ", "this._idMap = "},
		"an entry not guarded": {"go._resume()", "go._inst.exports.resume()"},
		"reaches the page":     {"console.log(value)", "window.console.log(value)"},
	}
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			mutated := strings.ReplaceAll(source, c[0], c[1])
			if mutated == source {
				t.Fatalf("%q is not in the file", c[0])
			}
			_, err := adapt(mutated, "go1.2.3")
			if err == nil || !strings.HasPrefix(err.Error(), "the toolchain's wasm_exec.js has changed: ") {
				t.Errorf("err = %v, want one that names the change", err)
			}
		})
	}
}
