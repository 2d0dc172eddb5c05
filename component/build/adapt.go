package main

import (
	"fmt"
	"regexp"
	"strings"
)

// marks holds the texts in wasm_exec.js that our host relies on. Each must occur exactly once.
var marks = []struct{ text, why string }{
	{"\n(() => {\n", "the file is one function"},
	{"\n})();\n", "the file is one function"},
	{"\n\tglobalThis.Go = class {\n", "it leaves the class Go on the global"},
	{"\n\tif (!globalThis.fs) {\n", "it takes the file system from the global"},
	{"\t\t\t\tglobalThis,\n\t\t\t\tthis,\n", "the program's js.Global() is the global"},
	{"\t\t\t\t[globalThis, 5],\n", "the program's js.Global() is the global"},
	{"\t\t\tthis._scheduledTimeouts = new Map();\n", "our host clears its timers"},
	{"\t\tasync run(instance) {\n", "our host runs it"},
	{"\t\t\t\tthis._resolveExitPromise = resolve;\n", "our host ends run()"},
	{"\t\t_resume() {\n", "our host guards every entry into the program"},
	{"\t\t\t\tgo._resume();\n", "js.Func enters the program through _resume"},
	{"\t\t\t\t\t\tthis.exit(code);\n", "our host hears of the exit"},
}

// fields holds the fields that our host releases when the program has ended.
var fields = []string{"_inst", "mem", "_values", "_goRefCounts", "_ids", "_idPool", "_pendingEvent", "exited"}

// pageNames matches names that would reach the host page instead of the scope.
var pageNames = regexp.MustCompile(`\b(window|self|document|navigator|localStorage|require|import|eval)\b\s*[.(\[]`)

// adapt converts the toolchain's wasm_exec.js into an ES module whose global is a parameter. It does not change the text,
// but binds the names by which the text reaches the page to that global. It fails if the text differs from the one that our
// wasm_exec.js was written for, because a mistake would show only in a page.
func adapt(source, version string) (string, error) {
	for _, m := range marks {
		if n := strings.Count(source, m.text); n != 1 {
			return "", changed("%q is there %d times, not once (%s)", strings.TrimSpace(m.text), n, m.why)
		}
	}
	for _, f := range fields {
		if !strings.Contains(source, "this."+f+" = ") && !strings.Contains(source, "go."+f+" = ") {
			return "", changed("the field %s is not set", f)
		}
	}
	if name := pageNames.FindString(source); name != "" {
		return "", changed("it uses %q", name)
	}
	return "// Made from the lib/wasm/wasm_exec.js of " + version + " by component/build: do not edit.\n\n" +
		"// Gives the toolchain's class Go, bound to a global of the caller's choice.\n" +
		"export function loadGo(globalThis) {\n" +
		"const { fs, console, crypto, performance, setTimeout, clearTimeout } = globalThis;\n" +
		strings.TrimSuffix(source, "\n") + "\n" +
		"const { Go } = globalThis;\n" +
		"delete globalThis.Go;\n" +
		"return Go;\n" +
		"}\n", nil
}

func changed(format string, args ...any) error {
	return fmt.Errorf("the toolchain's wasm_exec.js has changed: %s; adapt wasm_exec.js and component/build/adapt.go",
		fmt.Sprintf(format, args...))
}
