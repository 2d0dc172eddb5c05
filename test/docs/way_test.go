package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hallway/test/syntax"
)

// ways are the sections of ARCHITECTURE.md that list functions to follow.
var ways = []string{"## The way of a message", "## Several relays"}

var (
	method   = regexp.MustCompile("`([a-z0-9]+)\\.([A-Za-z]\\w*)\\.([A-Za-z]\\w*)`")
	function = regexp.MustCompile("`([a-z0-9]+)\\.([a-z]\\w*)`")
	step     = regexp.MustCompile("`([^`]+)`(?:[^`→]{0,60})→\\s+`([^`]+)`")
)

// TestTheWayOfAMessage checks that ARCHITECTURE.md names functions that exist, none twice in a section, and that each function
// before an arrow names the one behind it, so that "go to definition" leads from one to the next.
func TestTheWayOfAMessage(t *testing.T) {
	bodies := functions(t)
	page := read(t, "ARCHITECTURE.md")
	for _, head := range ways {
		_, section, ok := strings.Cut(page, head+"\n")
		if !ok {
			t.Fatalf("there is no section %q", head)
		}
		section, _, _ = strings.Cut(section, "\n## ")
		seen := make(map[string]bool)
		for _, pattern := range []*regexp.Regexp{method, function} {
			for _, match := range pattern.FindAllStringSubmatch(section, -1) {
				name := strings.Join(match[1:], ".")
				if _, ok := bodies[name]; !ok && !goFile(name) {
					t.Errorf("%s: there is no function %s", head, name)
				}
				if seen[name] {
					t.Errorf("%s: %s is visited twice", head, name)
				}
				seen[name] = true
			}
		}
		if len(seen) < 8 {
			t.Errorf("%s: names %d functions", head, len(seen))
		}
		for rest := section; ; {
			at := step.FindStringSubmatchIndex(rest)
			if at == nil {
				break
			}
			from, to := rest[at[2]:at[3]], rest[at[4]:at[5]]
			if called := to[strings.LastIndex(to, ".")+1:]; !bodies[from][called] {
				t.Errorf("%s: %s does not call %s", head, from, to)
			}
			rest = rest[at[4]-1:]
		}
	}
}

// goFile reports whether a name is that of a file, such as doc.go.
func goFile(name string) bool { return strings.HasSuffix(name, ".go") }

// functions returns the names in the body of each function of the module. Its keys have the form package.Type.method or package.function.
func functions(t *testing.T) map[string]map[string]bool {
	t.Helper()
	all := make(map[string]map[string]bool)
	for _, folder := range []string{"protocol", "component", "relay", "store"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
					name := file.Name.Name + "." + syntax.Name(f)
					if all[name] == nil {
						all[name] = make(map[string]bool)
					}
					ast.Inspect(f.Body, func(n ast.Node) bool {
						if id, ok := n.(*ast.Ident); ok {
							all[name][id.Name] = true
						}
						return true
					})
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}
