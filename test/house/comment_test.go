package house_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"hallway/test/syntax"
)

func TestExportedNamesHaveASentence(t *testing.T) {
	for _, file := range sources(t) {
		for _, declared := range file.syntax.Decls {
			for _, fault := range undocumented(declared) {
				t.Errorf("%s:%d: %s", file.name, file.set.Position(fault.at).Line, fault.says)
			}
		}
	}
}

func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	docs := map[string]string{}
	for _, file := range sources(t) {
		folder := filepath.Dir(file.name)
		docs[folder] += file.syntax.Doc.Text()
	}
	for folder, doc := range docs {
		switch {
		case doc == "":
			t.Errorf("%s has no comment that says what the package is for", folder)
		case !strings.HasPrefix(folder, "test/") && !strings.Contains(doc, "must not know"):
			t.Errorf("the comment of %s does not say what the package must not know", folder)
		}
	}
}

type fault struct {
	at   token.Pos
	says string
}

// undocumented returns the exported names of a declaration that have no comment, or one that is no sentence.
func undocumented(declared ast.Decl) (faults []fault) {
	switch d := declared.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && (d.Recv == nil || ast.IsExported(syntax.Receiver(d))) && !fulfils(d) {
			faults = sentence(faults, d.Name, d.Doc, nil, false)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() {
					faults = sentence(faults, s.Name, s.Doc, d.Doc, len(d.Specs) > 1)
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if name.IsExported() && s.Comment == nil {
						faults = sentence(faults, name, s.Doc, d.Doc, d.Lparen.IsValid())
					}
				}
			}
		}
	}
	return faults
}

// fulfils reports whether a method's name and meaning come from an interface of the standard library.
func fulfils(function *ast.FuncDecl) bool {
	switch function.Name.Name {
	case "Error", "Unwrap", "String", "MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText", "Len", "Less", "Swap", "Close", "Read", "Write":
		return function.Recv != nil
	}
	return false
}

// sentence adds a fault if neither a name nor its group has a comment. The comment of a name must be a sentence that contains the
// name.
func sentence(faults []fault, name *ast.Ident, own, group *ast.CommentGroup, grouped bool) []fault {
	text := strings.TrimSpace(own.Text())
	if text == "" && !grouped {
		text = strings.TrimSpace(group.Text())
	}
	switch {
	case text == "" && grouped && group.Text() != "":
		return faults
	case text == "":
		return append(faults, fault{name.Pos(), fmt.Sprintf("%s has no comment", name.Name)})
	case !strings.Contains(text, name.Name) && !grouped:
		return append(faults, fault{name.Pos(), fmt.Sprintf("the comment of %s does not name it", name.Name)})
	case !strings.ContainsRune(".:;", rune(text[len(text)-1])) && !strings.Contains(text, ".\n"):
		return append(faults, fault{name.Pos(), fmt.Sprintf("the comment of %s is no sentence: it has no full stop", name.Name)})
	}
	return faults
}
