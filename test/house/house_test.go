// Package house_test checks the sizes that keep the code readable: the lines of a file and of a function, and the methods of a type. It also
// checks that every exported name has a comment that contains the name and is a sentence.
//
// Start with [TestFilesHaveAtMost400Lines]. A new measure is a test here. The package must not know the behaviour of the code; test/imports
// checks the imports.
package house_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hallway/test/syntax"
)

const (
	fileLines     = 400
	functionLines = 60
	typeMethods   = 40
)

// root is the folder of the module, seen from this test.
const root = "../.."

// standIns is the folder of stand-ins for packages of the standard library, whose names and sizes we do not choose.
const standIns = "component/build/overlay/"

// suites holds the packages with conformance suites: like other tests, they may have long functions.
const suites = "store/storetest/"

// source is a Go file of this module.
type source struct {
	name   string // the path from the module's folder
	syntax *ast.File
	set    *token.FileSet
}

// tracked returns the files that git knows, with one of these endings. It leaves out test data.
func tracked(t *testing.T, endings ...string) []string {
	t.Helper()
	command := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	var names []string
	for name := range strings.Lines(string(out)) {
		name = strings.TrimSpace(name)
		if !slices.Contains(endings, filepath.Ext(name)) || strings.Contains(name, "/testdata/") {
			continue
		}
		if _, err := os.Stat(filepath.Join(root, name)); err == nil { // a deleted file is listed until it is committed
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		t.Fatalf("git lists no file with the endings %q", endings)
	}
	return names
}

// sources returns the Go files outside tests, stand-ins, and folders that the go command leaves out.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, name := range tracked(t, ".go") {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, standIns) || strings.Contains(name, "/_") {
			continue
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, filepath.Join(root, name), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, source{name, syntax, set})
	}
	return all
}

func TestFilesHaveAtMost400Lines(t *testing.T) {
	for _, name := range tracked(t, ".go", ".js", ".ts", ".tsx", ".css", ".sh") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(text, []byte("\n")); lines > fileLines {
			t.Errorf("%s has %d lines, more than %d: look for its second subject", name, lines, fileLines)
		}
	}
}

func TestFunctionsHaveAtMost60Lines(t *testing.T) {
	for _, file := range sources(t) {
		if strings.HasPrefix(file.name, suites) {
			continue
		}
		for _, declared := range file.syntax.Decls {
			function, ok := declared.(*ast.FuncDecl)
			if !ok {
				continue
			}
			first, last := file.set.Position(function.Pos()).Line, file.set.Position(function.End()).Line
			if lines := last - first + 1; lines > functionLines {
				t.Errorf("%s:%d: %s has %d lines, more than %d", file.name, first, function.Name.Name, lines, functionLines)
			}
		}
	}
}

func TestTypesHaveAtMost40Methods(t *testing.T) {
	methods := map[string]map[string]bool{} // the methods of a type; a method of two builds counts once
	for _, file := range sources(t) {
		for _, declared := range file.syntax.Decls {
			function, ok := declared.(*ast.FuncDecl)
			if !ok || function.Recv == nil {
				continue
			}
			of := filepath.Dir(file.name) + "." + syntax.Receiver(function)
			if methods[of] == nil {
				methods[of] = map[string]bool{}
			}
			methods[of][function.Name.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(methods)) {
		if n := len(methods[name]); n > typeMethods {
			t.Errorf("%s has %d methods, more than %d: look for a part with a state of its own", name, n, typeMethods)
		}
	}
}
