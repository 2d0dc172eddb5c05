package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	formatCall = regexp.MustCompile(`\b(?:fmt\.(?:Sprintf|Errorf|Printf|Fprintf)|FormatString)\([^"` + "`" + `)]*["` + "`" + `]([^"` + "`" + `\n]*)`)
	formatVerb = regexp.MustCompile(`%(.)`)
)

// The stand-in for fmt knows no flags and few verbs: a package of the browser build must not use others.
func TestFormatsAreThoseOfTheStandIn(t *testing.T) {
	calls := 0
	for _, pkg := range browserPackages(t) {
		if pkg.Standard || !slices.Contains(pkg.Imports, "fmt") {
			continue
		}
		for _, name := range pkg.GoFiles {
			source, err := os.ReadFile(filepath.Join(pkg.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range formatCall.FindAllStringSubmatch(string(source), -1) {
				if call[1] == "%x" && name == "http.go" {
					continue // go-app's server: no page runs it
				}
				calls++
				if strings.Count(call[1], "%w") > 1 {
					t.Errorf("%s/%s wraps two errors in one, of which component/build/overlay/fmt keeps the first", pkg.ImportPath, name)
				}
				for _, verb := range unknownVerbs(call[1]) {
					t.Errorf("%s/%s formats with %%%s, which component/build/overlay/fmt does not know", pkg.ImportPath, name, verb)
				}
			}
		}
	}
	if calls < 20 {
		t.Errorf("only %d calls found: has the way to find them got lost?", calls)
	}
	if got := unknownVerbs("%s %% %+v %04d %f"); !slices.Equal(got, []string{"+", "0", "f"}) {
		t.Errorf("unknown are %q", got)
	}
}

// unknownVerbs returns the verbs of a format that the stand-in does not know.
func unknownVerbs(format string) (unknown []string) {
	for _, verb := range formatVerb.FindAllStringSubmatch(format, -1) {
		if !regexp.MustCompile(`^[vsdqtTpw%]$`).MatchString(verb[1]) {
			unknown = append(unknown, verb[1])
		}
	}
	return unknown
}
