package main

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"hallway/component/build/shrink"
)

// settled answers the toolchain's questions that have one answer with our host: what it would do otherwise is left out as dead
// code. The global has all but `process` and `path`, for which nobody asks (see askProcess); a program has neither arguments nor
// environment; and ours is the exit, and the guard of what comes after it.
var settled = strings.NewReplacer(
	"!globalThis.fs)", "false)", "!globalThis.crypto)", "false)", "!globalThis.performance)", "false)",
	"!globalThis.TextEncoder)", "false)", "!globalThis.TextDecoder)", "false)",
	"!globalThis.process)", "false)", "!globalThis.path)", "false)",
	"!(instance instanceof WebAssembly.Instance)", "false",
	"(offset >= wasmMinDataAddr)", "(false)",
	"if (code !== 0) {", "if (false) {",
	"if (this.exited) {\n\t\t\t\tthrow", "if (false) {\n\t\t\t\tthrow",
)

// askProcess are the functions that ask the global for `process` and `path`, as a linked module names them.
var askProcess = regexp.MustCompile(`\x00syscall\.(Get[ug]id|Gete[ug]id|Getgroups|Getp?pid|Umask|Getcwd|Chdir|Open)\x00`)

var (
	hostFunc = regexp.MustCompile(`(?m)^\t{5}"([a-zA-Z/.0-9]+)": \(\w+\) => \{\n(?:\t{6}.*\n|\n)+\t{5}\},\n`)
	// What tests of the toolchain want, and the environment of a program, which is empty.
	unused = regexp.MustCompile(`(?m)^\t{3}const testCallExport = (?:.*\n)+?\t{3}\}\n|^\t{4}_gotest: \{\n(?:\t{5}.*\n)+\t{4}\},\n|` +
		`^\t{3}const keys = Object\.keys\(this\.env\)\.sort\(\);\n\t{3}keys\.forEach\(.*\n\t{4}.*\n\t{3}\}\);\n`)
)

// trim leaves out of the adapted wasm_exec.js what the program never asks it for. It fails where the program needs something that
// is not there.
func trim(script string, wasm []byte) (string, error) {
	if found := askProcess.Find(wasm); found != nil {
		return "", fmt.Errorf("the program has %s, which needs a process: adapt component/build/trim.go", bytes.Trim(found, "\x00"))
	}
	needed, err := shrink.Imports(wasm)
	if err != nil {
		return "", err
	}
	var found []string
	script = hostFunc.ReplaceAllStringFunc(settled.Replace(script), func(text string) string {
		name := hostFunc.FindStringSubmatch(text)[1]
		if !slices.Contains(needed, name) {
			return ""
		}
		found = append(found, name)
		return text
	})
	for _, name := range needed {
		if !slices.Contains(found, name) {
			return "", changed("it lacks %s, which the program imports", name)
		}
	}
	return unused.ReplaceAllString(script, ""), nil
}
