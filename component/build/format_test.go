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

// TestFormatsAreThoseOfTheStandIn checks that the packages of the browser build use only the verbs that the stand-in for fmt supports.
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
					continue // go-app's server does not run in a page
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
		t.Errorf("only %d calls were found: does the search still work?", calls)
	}
	if got := unknownVerbs("%s %% %+v %04d %f"); !slices.Equal(got, []string{"+", "0", "f"}) {
		t.Errorf("the unknown verbs are %q", got)
	}
}

// unknownVerbs returns the verbs of a format that the stand-in does not support.
func unknownVerbs(format string) (unknown []string) {
	for _, verb := range formatVerb.FindAllStringSubmatch(format, -1) {
		if !regexp.MustCompile(`^[vsdqtTpw%]$`).MatchString(verb[1]) {
			unknown = append(unknown, verb[1])
		}
	}
	return unknown
}
