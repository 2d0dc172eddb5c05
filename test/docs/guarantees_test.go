package docs_test

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	promise   = regexp.MustCompile(`(?m)^\*\*(\d+)\. `)
	faults    = regexp.MustCompile(`\*Mutants:\* ([^*]+?)(?:, and more)?\.(?:\s|$)`)
	faultName = regexp.MustCompile(`name:\s*"([^"]+)"`)
)

// TestThePromises checks that the promises of GUARANTEES.md are numbered from 1 on, that each names a check, and that the named
// functions and planted faults exist.
func TestThePromises(t *testing.T) {
	page := read(t, "docs/GUARANTEES.md")
	names := make(map[string]bool)
	for _, name := range faultName.FindAllStringSubmatch(sources(t, "test/mutants"), -1) {
		names[name[1]] = true
	}
	code := sources(t, "test/simulation", "store/storetest", "store/sqlite", "relay/hub", "component/client/core")
	starts := promise.FindAllStringSubmatchIndex(page, -1)
	for i, at := range starts {
		number, end := page[at[2]:at[3]], strings.Index(page, "\n## What the simulation")
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		text := page[at[0]:end]
		if number != strconv.Itoa(i+1) {
			t.Errorf("promise %d has the number %s", i+1, number)
		}
		if !strings.Contains(text, "*Checked:*") {
			t.Errorf("promise %s names no check", number)
		}
		for _, match := range quoted.FindAllStringSubmatch(text[strings.Index(text, "*Checked:*")+1:], -1) {
			if name := match[1]; identifier.MatchString(name) && !strings.Contains(code, name) {
				t.Errorf("promise %s: there is no %s", number, name)
			}
		}
		for _, list := range faults.FindAllStringSubmatch(text, -1) {
			for name := range strings.SplitSeq(list[1], ";") {
				if name = strings.Join(strings.Fields(name), " "); !names[name] {
					t.Errorf("promise %s: there is no planted fault %q", number, name)
				}
			}
		}
	}
	if len(starts) < 12 {
		t.Errorf("found %d promises", len(starts))
	}
}

var identifier = regexp.MustCompile(`^\w+$`)

// sources returns the Go sources of packages, tests included, as one text.
func sources(t *testing.T, folders ...string) string {
	t.Helper()
	var all strings.Builder
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			all.WriteString(read(t, strings.TrimPrefix(filepath.ToSlash(file), root+"/")))
		}
	}
	return all.String()
}
