// Package docs_test compares the documents' statements about the code with the code. A new document with such statements gets
// a test file. Start with way_test.go, which follows the way of a message. The package must not know what a document means: it
// only looks for names.
package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the path of the module's folder.
const root = "../.."

// security is the page whose table names the tests for each defence.
const security = "docs/SECURITY.md"

var (
	quoted  = regexp.MustCompile("`([^`]+)`")
	goTest  = regexp.MustCompile(`^(Test|Fuzz)\w+$`)
	declare = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	script  = regexp.MustCompile(`^[a-z]+$`)
	makes   = regexp.MustCompile(`^make ([a-z-]+)`)
)

// TestTheTestsOfTheTable checks the table of SECURITY.md: each test, script and file exists in the package named before it, each make
// target exists, and each row names at least one.
func TestTheTestsOfTheTable(t *testing.T) {
	rows := table(t, security, "| against | how | test |")
	if len(rows) < 15 {
		t.Fatalf("found %d rows", len(rows))
	}
	for _, row := range rows {
		against, shownBy := row[0], row[2]
		folder, named := "", 0
		for _, match := range quoted.FindAllStringSubmatch(shownBy, -1) {
			name := match[1]
			if is(name, true) {
				folder = name
				named++ // a whole package may be the test
				continue
			}
			if !exists(t, folder, name) {
				t.Errorf("%s: there is no `%s` in %q", against, name, folder)
			}
			named++
		}
		if named == 0 {
			t.Errorf("%s: no test is named", against)
		}
	}
}

// exists reports whether a package has a test or file of the table.
func exists(t *testing.T, folder, name string) bool {
	t.Helper()
	if word := makes.FindStringSubmatch(name); word != nil {
		return strings.Contains(read(t, "Makefile"), "\n"+word[1]+":")
	}
	switch {
	case goTest.MatchString(name):
		return declared(t, folder)[name]
	case script.MatchString(name):
		return is(filepath.Join(folder, "testdata", name+".txt"), false)
	}
	return is(name, false) || is(filepath.Join(folder, name), false)
}

// declared returns the tests of a package.
func declared(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	if err != nil || folder == "" {
		t.Fatalf("no package is named before a test (%v)", err)
	}
	names := make(map[string]bool)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range declare.FindAllStringSubmatch(string(data), -1) {
			names[match[1]] = true
		}
	}
	return names
}

// table returns the cells of the rows below a head.
func table(t *testing.T, page, head string) [][]string {
	t.Helper()
	_, body, ok := strings.Cut(read(t, page), head+"\n")
	if !ok {
		t.Fatalf("%s has no table %s", page, head)
	}
	var rows [][]string
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			break
		}
		if strings.HasPrefix(line, "| ---") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), " | ")
		if len(cells) != strings.Count(head, "|")-1 {
			t.Errorf("%s: %d cells in %s", page, len(cells), line)
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// is reports whether a folder or a file exists.
func is(path string, folder bool) bool {
	info, err := os.Stat(filepath.Join(root, path))
	return err == nil && info.IsDir() == folder
}
