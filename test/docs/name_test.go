package docs_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The places that name the package: installations, imports and paths. The submatch is the name. The element's tag and
// the client's name do not count.
var packageNames = []*regexp.Regexp{
	regexp.MustCompile(`npm install ((?:@[\w-]+/)?[\w-]*hallway[\w-]*)`),
	regexp.MustCompile(`(?:from|import|import\()\s*['"]((?:@[\w-]+/)?[\w-]*hallway[\w-]*)(?:/[\w./-]+)?['"]`),
	regexp.MustCompile(`node_modules/((?:@[\w-]+/)?[\w-]*hallway[\w-]*)`),
	regexp.MustCompile(`"((?:@[\w-]+/)?[\w-]*hallway[\w-]*)": "(?:latest|[\^~]?\d|file:|npm:)`),
	regexp.MustCompile(`"npm:((?:@[\w-]+/)?[\w-]*hallway[\w-]*)@`),
	regexp.MustCompile(`exclude: \['((?:@[\w-]+/)?[\w-]*hallway[\w-]*)'\]`),
	regexp.MustCompile("[`(']((?:@[\\w-]+/)?[\\w-]*hallway[\\w-]*)/(?:define|react|themes|dist|chat\\.wasm|custom-elements\\.json|package\\.json)"),
	regexp.MustCompile(`one release of ((?:@[\w-]+/)?[\w-]*hallway[\w-]*)`),
}

// aliases are names that a frontend gives a second version of the package in its own package.json.
var aliases = map[string]bool{"hallway-chat-pinned": true, "hallway-chat-now": true}

// TestThePackageHasOneName checks that docs, examples and tests use the name in package.json.
func TestThePackageHasOneName(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var pkg struct{ Name string }
	if err := json.Unmarshal(data, &pkg); err != nil || pkg.Name == "" {
		t.Fatalf("package.json has no name: %v", err)
	}
	list := exec.Command("git", "ls-files", "-co", "--exclude-standard", "--",
		"*.md", "*.js", "*.mjs", "*.jsx", "*.ts", "*.tsx", "*.vue", "*.html", "*.json", "Makefile", "component/build/*.go")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Skip("not in a clone of the repository")
	}
	named := 0
	for path := range strings.Lines(string(out)) {
		path = strings.TrimSpace(path)
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil || strings.HasSuffix(path, "package-lock.json") {
			continue
		}
		for n, line := range strings.Split(string(text), "\n") {
			for _, pattern := range packageNames {
				for _, match := range pattern.FindAllStringSubmatch(line, -1) {
					named++
					if match[1] != pkg.Name && !aliases[match[1]] {
						t.Errorf("%s:%d says %s, package.json %s", path, n+1, match[1], pkg.Name)
					}
				}
			}
		}
	}
	if named < 40 {
		t.Errorf("found the package's name %d times only", named)
	}
}

// TestReleasingBeginsWithTheClaim checks that RELEASING.md begins with the warning to claim the package's name.
func TestReleasingBeginsWithTheClaim(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/RELEASING.md"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if !regexp.MustCompile(`(?i)before .*publish.*claim .*name`).MatchString(first) {
		t.Errorf("its first line is %q", first)
	}
}
