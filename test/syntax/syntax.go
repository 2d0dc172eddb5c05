// Package syntax reads names from the syntax of our sources, for tests that look at them. Start with [Name]. A question
// that two tests ask of a declaration has its function here. The package must not know which sources they are, nor their rules.
package syntax

import "go/ast"

// Name returns the name of a function, or that of a method behind its type and a dot.
func Name(f *ast.FuncDecl) string {
	if of := Receiver(f); of != "" {
		return of + "." + f.Name.Name
	}
	return f.Name.Name
}

// Receiver returns the name of the type of a method's receiver, without the pointer and the type parameters; "" for a function.
func Receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	of := f.Recv.List[0].Type
	for {
		switch e := of.(type) {
		case *ast.StarExpr:
			of = e.X
		case *ast.IndexExpr:
			of = e.X
		case *ast.IndexListExpr:
			of = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}
