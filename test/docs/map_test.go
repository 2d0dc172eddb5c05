package docs_test

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheMapIsComplete checks that ARCHITECTURE.md has a row for each folder with Go files. The stand-ins of one folder share a row.
func TestTheMapIsComplete(t *testing.T) {
	page := read(t, "ARCHITECTURE.md")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() {
			return nil
		}
		folder, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		switch name := entry.Name(); {
		case name == "node_modules", name == "testdata", strings.HasPrefix(name, "_"), strings.HasPrefix(name, ".") && folder != ".":
			return filepath.SkipDir
		case strings.HasPrefix(filepath.ToSlash(folder), "component/build/overlay/"):
			return nil
		}
		if files, err := filepath.Glob(filepath.Join(path, "*.go")); err != nil || len(files) == 0 {
			return err
		}
		if row := "`" + filepath.ToSlash(folder) + "/`"; !strings.Contains(page, row) {
			t.Errorf("ARCHITECTURE.md has no row for %s", row)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
