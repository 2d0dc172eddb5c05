package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"hallway/test/syntax"
)

// A step changes one place of a function.
type step struct {
	verb    string
	what    string // the pattern of the place
	becomes string // the new code, in which the pattern's letters stand for the matched expressions
}

// The kinds of steps. Each needs its pattern exactly once in the function.

// always makes a condition hold.
func always(what string) step { return step{"always", what, ""} }

// never makes a condition fail.
func never(what string) step { return step{"never", what, ""} }

// negate negates a condition.
func negate(what string) step { return step{"negate", what, ""} }

// drop removes a statement.
func drop(what string) step { return step{"drop", what, ""} }

// replace replaces an expression or a statement by other code.
func replace(what, becomes string) step { return step{"replace", what, becomes} }

// before puts a statement before another one.
func before(what, statement string) step { return step{"before", what, statement} }

// after puts a statement behind another one.
func after(what, statement string) step { return step{"after", what, statement} }

// inText replaces a part of a string; only one string may have it.
func inText(what, becomes string) step { return step{"inText", what, becomes} }

// A home is the declaration that a fault names.
type home struct {
	name   string // such as flush, Client.flush, or the name of a variable or constant
	file   string
	source []byte
	files  *token.FileSet
	node   ast.Node
}

// short returns the name without its type.
func (h *home) short() string { return h.name[strings.LastIndex(h.name, ".")+1:] }

// homes returns the declarations of a package without its tests.
func homes(folder string) (all []home, err error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, path, source, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			for name, node := range declared(d) {
				all = append(all, home{name, path, source, files, node})
			}
		}
	}
	return all, nil
}

// declared returns the names of a declaration, and the code of each.
func declared(d ast.Decl) map[string]ast.Node {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Body != nil {
			return map[string]ast.Node{syntax.Name(d): d.Body}
		}
	case *ast.GenDecl:
		all := map[string]ast.Node{}
		for _, s := range d.Specs {
			if v, ok := s.(*ast.ValueSpec); ok {
				for _, name := range v.Names {
					all[name.Name] = v
				}
			}
		}
		return all
	}
	return nil
}

// plant returns the file that the fault changes and its new content.
func (m *mutant) plant() (file string, is []byte, err error) {
	all, err := homes(m.pkg)
	if err != nil {
		return "", nil, err
	}
	here := slices.DeleteFunc(all, func(h home) bool {
		return h.name != m.in && h.short() != m.in
	})
	switch len(here) {
	case 0:
		return "", nil, fmt.Errorf("%s has no %s; %s", m.pkg, m.in, elsewhere(m.in, m.do))
	case 1:
	default:
		return "", nil, fmt.Errorf("%s of %s may be %s: name one", m.in, m.pkg, strings.Join(names(here), ", "))
	}
	h := here[0]
	is, err = h.change(m.do)
	return h.file, is, err
}

func names(all []home) (names []string) {
	for _, h := range all {
		names = append(names, h.name)
	}
	return names
}

// An edit puts text in place of some bytes of a source.
type edit struct {
	from, to int
	text     string
}

// change returns the source after the steps.
func (h *home) change(do []step) ([]byte, error) {
	var edits []edit
	for _, s := range do {
		e, err := h.edit(s)
		if err != nil {
			return nil, err
		}
		edits = append(edits, e)
	}
	slices.SortFunc(edits, func(a, b edit) int { return a.from - b.from })
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		if e.from < at {
			return nil, fmt.Errorf("two steps change the same place of %s", h.name)
		}
		out.Write(h.source[at:e.from])
		out.WriteString(e.text)
		at = e.to
	}
	out.Write(h.source[at:])
	return out.Bytes(), nil
}

// edit finds the step's place and returns its change.
func (h *home) edit(s step) (edit, error) {
	found, err := s.find(h.node)
	if err != nil {
		return edit{}, err
	}
	switch len(found) {
	case 0:
		return edit{}, fmt.Errorf("%s of %s has no %q; %s", h.name, h.file, s.what, elsewhere(h.name, []step{s}))
	case 1:
	default:
		var lines []string
		for _, p := range found {
			lines = append(lines, fmt.Sprint(h.files.Position(p.node.Pos()).Line))
		}
		return edit{}, fmt.Errorf("%s of %s has %q at lines %s: say which by a longer pattern", h.name, h.file, s.what, strings.Join(lines, ", "))
	}
	n := found[0].node
	is, becomes := h.text(n), h.fill(s.becomes, found[0].bound)
	e := edit{from: h.offset(n.Pos()), to: h.offset(n.End())}
	switch s.verb {
	case "always":
		e.text = "(true || (" + is + "))"
	case "never":
		e.text = "(false && (" + is + "))"
	case "negate":
		e.text = "!(" + is + ")"
	case "replace":
		e.text = inBrackets(becomes)
	case "before":
		e.text = becomes + "\n" + is
	case "after":
		e.text = is + "\n" + becomes
	case "inText":
		e.text = strings.Replace(is, s.what, s.becomes, 1)
	}
	return e, nil
}

// find returns the places of a step below a node.
func (s step) find(root ast.Node) (found []place, err error) {
	if s.verb == "inText" {
		ast.Inspect(root, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && strings.Contains(lit.Value, s.what) {
				found = append(found, place{node: n})
			}
			return true
		})
		return found, nil
	}
	p, err := parsePattern(s.what)
	if err != nil {
		return nil, err
	}
	return p.find(root), nil
}

func (h *home) offset(pos token.Pos) int { return h.files.Position(pos).Offset }
func (h *home) text(n ast.Node) string   { return string(h.source[h.offset(n.Pos()):h.offset(n.End())]) }
func isBinary(x ast.Node) bool           { _, ok := x.(*ast.BinaryExpr); return ok }

var letters = regexp.MustCompile(`\b[a-z]\b`)

// fill replaces the letters in a step's text by the matched expressions.
func (h *home) fill(becomes string, b bound) string {
	return letters.ReplaceAllStringFunc(becomes, func(name string) string {
		n, ok := b[name]
		if !ok {
			return name
		}
		if isBinary(n) {
			return "(" + h.text(n) + ")"
		}
		return h.text(n)
	})
}

// inBrackets puts brackets around an expression with an operator.
func inBrackets(text string) string {
	if x, err := parser.ParseExpr(text); err == nil && isBinary(x) {
		return "(" + text + ")"
	}
	return text
}

// elsewhere names the declarations of the whole module in which all steps find their place. If some of those have the wanted
// name, it names only those.
func elsewhere(name string, do []step) string {
	const most = 6
	var found, namesakes []string
	if err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); name == "node_modules" || name == "test" || name == "testdata" || len(name) > 1 && name[0] == '.' {
			return fs.SkipDir
		}
		all, err := homes(path)
		if err != nil {
			return err
		}
		for _, h := range all {
			if !fits(h.node, do) {
				continue
			}
			found = append(found, path+" "+h.name)
			if h.short() == name[strings.LastIndex(name, ".")+1:] {
				namesakes = append(namesakes, path+" "+h.name)
			}
		}
		return nil
	}); err != nil {
		return err.Error()
	}
	if namesakes != nil {
		found = namesakes
	}
	switch n := len(found); {
	case n == 0:
		return "no other function has the pattern"
	case n > most:
		return fmt.Sprintf("the pattern is in %s and %d more", strings.Join(found[:most], ", "), n-most)
	default:
		return "the pattern is in " + strings.Join(found, ", ")
	}
}

// fits reports whether each step finds its place exactly once.
func fits(node ast.Node, do []step) bool {
	for _, s := range do {
		if found, err := s.find(node); err != nil || len(found) != 1 {
			return false
		}
	}
	return true
}
