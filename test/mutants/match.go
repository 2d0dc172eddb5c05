package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
)

// A pattern is a piece of Go: an expression, a statement or an element of a literal ("Key: value"). As in `gofmt -r`,
// a name of one small letter stands for any expression, the same letter for the same expression.
type pattern struct {
	text string
	node ast.Node
}

func parsePattern(text string) (pattern, error) {
	if x, err := parser.ParseExpr(text); err == nil {
		return pattern{text, x}, nil
	}
	files := token.NewFileSet()
	if f, err := parser.ParseFile(files, "", "package p; func _() {\n"+text+"\n}", parser.SkipObjectResolution); err == nil {
		if list := f.Decls[0].(*ast.FuncDecl).Body.List; len(list) == 1 && !isLabeled(list[0]) {
			return pattern{text, list[0]}, nil
		}
	}
	if x, err := parser.ParseExpr("p{" + text + "}"); err == nil {
		if list := x.(*ast.CompositeLit).Elts; len(list) == 1 {
			return pattern{text, list[0]}, nil
		}
	}
	return pattern{}, fmt.Errorf("%q is neither an expression nor a statement nor an element", text)
}

// isLabeled reports whether the parser read "Key: value" as a statement with a label.
func isLabeled(s ast.Stmt) bool {
	_, ok := s.(*ast.LabeledStmt)
	return ok
}

// bound holds the expression of each letter of a pattern.
type bound map[string]ast.Node

// A place is a node that a pattern matches.
type place struct {
	node  ast.Node
	bound bound
}

// find returns the places below root that match.
func (p pattern) find(root ast.Node) (found []place) {
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		if b := (bound{}); b.match(reflect.ValueOf(p.node), reflect.ValueOf(n)) {
			found = append(found, place{n, b})
		}
		return true
	})
	return found
}

// match reports whether two trees are equal, with the letters of the pattern bound to expressions.
func (b bound) match(want, got reflect.Value) bool {
	if want.Kind() == reflect.Interface {
		want = want.Elem()
	}
	if got.Kind() == reflect.Interface {
		got = got.Elem()
	}
	if !want.IsValid() || !got.IsValid() {
		return want.IsValid() == got.IsValid()
	}
	if name, ok := letter(want); ok {
		return b.take(name, got)
	}
	if want.Type() != got.Type() {
		return false
	}
	switch want.Kind() {
	case reflect.Pointer:
		if want.IsNil() || got.IsNil() {
			return want.IsNil() == got.IsNil()
		}
		return b.match(want.Elem(), got.Elem())
	case reflect.Slice:
		if want.Len() != got.Len() {
			return false
		}
		for i := range want.Len() {
			if !b.match(want.Index(i), got.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range want.NumField() {
			if !ignored(want.Type().Field(i)) && !b.match(want.Field(i), got.Field(i)) {
				return false
			}
		}
		return true
	default:
		return want.Equal(got)
	}
}

// ignored reports whether a field of a node holds only a position.
func ignored(f reflect.StructField) bool {
	switch f.Type {
	case reflect.TypeFor[token.Pos](), reflect.TypeFor[*ast.CommentGroup]():
		return true
	}
	return false
}

// letter returns the name if the node is a letter of a pattern.
func letter(v reflect.Value) (name string, ok bool) {
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return "", false
	}
	id, ok := v.Interface().(*ast.Ident)
	return nameOf(id), ok && len(id.Name) == 1 && id.Name[0] >= 'a' && id.Name[0] <= 'z'
}

func nameOf(id *ast.Ident) string {
	if id == nil {
		return ""
	}
	return id.Name
}

// take binds a letter to an expression, or compares the expression with the one to which the letter is bound.
func (b bound) take(name string, got reflect.Value) bool {
	x, ok := got.Interface().(ast.Expr)
	if !ok {
		return false
	}
	if known, ok := b[name]; ok {
		return bound{}.match(reflect.ValueOf(known), got)
	}
	b[name] = x
	return true
}
