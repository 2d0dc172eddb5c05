// Package imports_test enforces the rules of imports: the table of ARCHITECTURE.md, and the purity of the cores. It reads the
// output of the go command and the syntax of our sources. The main type is rule, a row of table. A new package gets a row there,
// and one in ARCHITECTURE.md. The package must not know the behaviour of any package.
package imports_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "hallway/"

// listed holds the fields of a package in `go list -json`.
type listed struct {
	ImportPath   string
	Dir          string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Standard     bool
	Error        *struct{ Err string }
}

// goList runs `go list` at the module's root.
func goList(t *testing.T, env []string, args ...string) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-e", "-json"}, args...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	var packages []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("go list %s: %v", strings.Join(args, " "), err)
		}
		packages = append(packages, p)
	}
}

const root = "../.."

var (
	host    = []string(nil)
	browser = []string{"GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0"}
)

// ours lists the packages of this module, for the host and for the browser build. A package may be in it twice, because its files depend on
// the platform.
func ours(t *testing.T) []listed {
	t.Helper()
	return append(goList(t, host, "./..."), goList(t, browser, "./...")...)
}

func isOurs(path string) bool { return strings.HasPrefix(path, module) }

// isForeign reports whether a path is of another module: its first element is a host name.
func isForeign(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

func TestImportsFollowTheTable(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range ours(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if strings.HasPrefix(name, "test/") {
			continue
		}
		seen[name] = true
		rule, ok := table[name]
		if strings.HasPrefix(name, standIns) {
			rule, ok = table[standIns], true
		}
		if !ok {
			t.Errorf("%s is not in the import table: decide what it may know and add it there", name)
			continue
		}
		for _, path := range p.Imports {
			if why := rule.refuses(path); why != "" {
				t.Errorf("%s must not import %s: %s", name, path, why)
			}
		}
	}
	for name := range table {
		if !seen[name] {
			t.Errorf("%s is in the import table, but there is no such package", name)
		}
	}
}

// refuses says why a package under this rule must not import the path; "" if it may.
func (r rule) refuses(path string) string {
	switch {
	case isOurs(path):
		if !slices.Contains(r.ours, strings.TrimPrefix(path, module)) {
			return fmt.Sprintf("of ours it may know only [%s]", strings.Join(r.ours, " "))
		}
	case isForeign(path):
		if !r.foreign && !slices.Contains(r.known, path) {
			return "the standard library only"
		}
	case r.pure:
		return impureImports[path]
	}
	return ""
}

// TestSidesAreStrangersInTheirTestsToo checks that only test/ and examples/ see both the component and the relay.
func TestSidesAreStrangersInTheirTestsToo(t *testing.T) {
	sides := map[string][]string{
		"component/": {"relay", "store"},
		"relay":      {"component"},
		"store":      {"component"},
		"keeper":     {"relay", "store"},
	}
	for _, p := range ours(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		for side, strangers := range sides {
			if !strings.HasPrefix(name, side) {
				continue
			}
			for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
				other, _, _ := strings.Cut(strings.TrimPrefix(path, module), "/")
				if isOurs(path) && slices.Contains(strangers, other) {
					t.Errorf("%s must not import %s, not even in a test: what needs both sides lives in test/", name, path)
				}
			}
		}
	}
}

func TestPurePackagesCallNoClock(t *testing.T) {
	for name, rule := range table {
		if !rule.pure {
			continue
		}
		for _, file := range sources(t, filepath.Join(root, name)) {
			for _, call := range forbiddenCalls(t, file) {
				t.Errorf("%s: a pure package takes time as an input", call)
			}
		}
	}
}

// sources lists the Go files of a directory without its tests, for all build constraints.
func sources(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
	if len(files) == 0 {
		t.Errorf("%s has no Go files", dir)
	}
	return files
}

// forbiddenCalls finds every mention of a function of impureCalls, called or handed on, as "place: package.Function".
func forbiddenCalls(t *testing.T, file string) []string {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{} // the name in this file → the import path
	for _, spec := range parsed.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		name := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = path
	}
	var found []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := selector.X.(*ast.Ident); ok && slices.Contains(impureCalls[names[pkg.Name]], selector.Sel.Name) {
			found = append(found, fmt.Sprintf("%s: %s.%s", set.Position(n.Pos()), pkg.Name, selector.Sel.Name))
		}
		return true
	})
	return found
}

// TestTheRulesBite checks that the tests above fail if a rule is broken.
func TestTheRulesBite(t *testing.T) {
	for _, c := range []struct {
		from, path string
		refused    bool
	}{
		{"protocol", "encoding/json", false},
		{"protocol", "github.com/google/uuid", true},
		{"component/client", "hallway/protocol", false},
		{"component/client", "syscall/js", true},
		{"component/driver", "hallway/component/view", true},
		{"component/driver", "nhooyr.io/websocket", false},
		{"relay/hub", "math/rand/v2", true},
		{"relay/conn", "hallway/store/sqlite", true},
		{"relay", "hallway/examples/demo", false},
		{"store/sqlite", "hallway/examples/demo", true},
		{"relay", "hallway/keeper", false},
		{"relay", "hallway/component/driver", true},
		{"relay/server", "hallway/keeper", true},
		{"keeper", "hallway/relay/hub", true},
	} {
		if why := table[c.from].refuses(c.path); (why != "") != c.refused {
			t.Errorf("%s importing %s: refused with %q, want refused = %v", c.from, c.path, why, c.refused)
		}
	}

	file := filepath.Join(t.TempDir(), "core.go")
	source := "package core\n\nimport clock \"time\"\n\nvar now = clock.Now\n\nfunc wait() { clock.Sleep(clock.Second) }\n"
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if found := forbiddenCalls(t, file); len(found) != 2 {
		t.Errorf("found %q, want clock.Now and clock.Sleep", found)
	}
}
