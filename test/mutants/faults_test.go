package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// TestEveryFaultFindsItsPlace plants each fault and type-checks the package with it, so that a change that moves a
// fault's place fails at once. The comment of the type mutant says what to do then.
func TestEveryFaultFindsItsPlace(t *testing.T) {
	t.Chdir("../..")
	known, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutants {
		file, is, err := m.plant()
		if err == nil && !foreign(m.pkg) {
			err = checkTypes(m.pkg, file, is, known)
		}
		if err != nil {
			t.Errorf("fault %q: %v", m.name, err)
		}
	}
}

// TestAPlaceThatIsMissingIsNamed checks the error that tells where a fault's place has moved.
func TestAPlaceThatIsMissingIsNamed(t *testing.T) {
	t.Chdir("testdata")
	for _, c := range []struct{ name, in, what, says string }{
		{"found", "Door.open", "a.locked", ""},
		{"found without its type", "close", "a.locked", ""},
		{"found in a variable", "hinges", "left: a", ""},
		{"gone", "lock", "a.locked = b", `house has no lock; the pattern is in house Door.close, house Window.open`},
		{"two methods", "open", "a.locked", "open of house may be Door.open, Window.open: name one"},
		{"other code", "Door.open", "a.broken", `Door.open of house/door.go has no "a.broken"; no other function has the pattern`},
		{"twice", "Window.open", "a.locked", `Window.open of house/door.go has "a.locked" at lines 19, 20: say which by a longer pattern`},
	} {
		m := mutant{pkg: "house", in: c.in, do: steps{replace(c.what, "x")}}
		_, _, err := m.plant()
		if got := fmt.Sprint(err); c.says == "" && err != nil || c.says != "" && got != c.says {
			t.Errorf("%s: %v\nwant: %s", c.name, err, c.says)
		}
	}
}

// TestStepsChangeTheirPlace uses each kind of step once.
func TestStepsChangeTheirPlace(t *testing.T) {
	const body = "func f() {\n\tif door.open && x.y > 1 {\n\t\tsay(\"one two\")\n\t}\n}\n"
	for _, c := range []struct {
		do   step
		was  string
		says string
	}{
		{always("a.open"), "door.open", "(true || (door.open))"},
		{never("x.y > z"), "x.y > 1", "(false && (x.y > 1))"},
		{negate("a.open"), "door.open", "!(door.open)"},
		{drop("say(x)"), "say(\"one two\")", ""},
		{replace("x.y > z", "x.y < z"), "x.y > 1", "(x.y < 1)"},
		{before("say(x)", "run()"), "say", "run()\nsay"},
		{after("say(x)", "run(x)"), "\"one two\")", "\"one two\")\nrun(\"one two\")"},
		{inText("two", "three"), "two", "three"},
	} {
		files := token.NewFileSet()
		source := "package p\n\n" + body
		f, err := parser.ParseFile(files, "", source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		h := home{name: "f", source: []byte(source), files: files, node: f.Decls[0]}
		is, err := h.change(steps{c.do})
		if want := strings.Replace(source, c.was, c.says, 1); err != nil || string(is) != want {
			t.Errorf("%s: %v\n%s\nwant:\n%s", c.do.verb, err, is, want)
		}
	}
}

// foreign reports whether a package is compiled only as a part of the toolchain, so that this test does not know its types.
func foreign(folder string) bool { return strings.HasPrefix(filepath.Base(folder), "_") }

// compiled returns a types importer of all packages that the packages with faults import.
func compiled() (types.Importer, error) {
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Export"}
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = append(args, "-race") // the flag of this test's own build, so that nothing is compiled twice
	}
	var packages []string
	for _, m := range mutants {
		if p := "./" + m.pkg; !slices.Contains(packages, p) && !foreign(m.pkg) {
			packages = append(packages, p)
		}
	}
	cmd := exec.Command("go", append(args, packages...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ ImportPath, Export string }
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		exports[p.ImportPath] = p.Export
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	}), nil
}

// checkTypes returns the first type error of a package in which one file has another content.
func checkTypes(folder, file string, content []byte, known types.Importer) error {
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return err
	}
	files := token.NewFileSet()
	var parsed []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		var source any
		if path == file {
			source = content
		}
		f, err := parser.ParseFile(files, path, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		parsed = append(parsed, f)
	}
	config := types.Config{Importer: known}
	_, err = config.Check("hallway/"+folder, files, parsed, nil)
	return err
}
