package demo

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func TestFilesNeedTheBrowserBuild(t *testing.T) {
	if _, err := complete(fstest.MapFS{"index.html": {}}); err == nil || !strings.Contains(err.Error(), "make wasm") {
		t.Errorf("err = %v, want one that says how to build it", err)
	}
	if _, err := complete(fstest.MapFS{"dist/module.js": {}}); err != nil {
		t.Error(err)
	}
}

// A strict Content-Security-Policy allows nothing inline, and all files that the page names are embedded.
func TestPageBearsAStrictPolicy(t *testing.T) {
	page, err := fs.ReadFile(files, "index.html")
	if err != nil {
		t.Fatal(err)
	}
	if inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son\w+=|<script[^>]*>[^<]`).Find(page); inline != nil {
		t.Errorf("the page has %q inline", inline)
	}
	named := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllSubmatch(page, -1)
	if len(named) == 0 {
		t.Fatal("the page names no file: the test looks at nothing")
	}
	for _, match := range named {
		name := string(match[1])
		if strings.HasPrefix(name, "dist/") { // built
			continue
		}
		if _, err := fs.Stat(files, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
