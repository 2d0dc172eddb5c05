package docs_test

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	localLinks   = regexp.MustCompile(`\]\(([^)\s]*)\)`)
	headings     = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInAnchors = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
	codeSpans    = regexp.MustCompile("`([^`\n]+)`")
	ourPaths     = regexp.MustCompile(`^[\w-]+(/[\w.-]+)*/?$`)
	makeTargets  = regexp.MustCompile(`\bmake ([a-z][a-z0-9-]*)`)
	targets      = regexp.MustCompile(`(?m)^([a-z][a-z0-9-]*):`)
	mergeMarks   = regexp.MustCompile(`(?m)^(<{7} .*|={7}|>{7} .*)$`)
	variables    = regexp.MustCompile(`HALLWAY_[A-Z_]*[A-Z]`)
)

// documents returns the documents for people, with their texts.
func documents(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			name = strings.TrimPrefix(filepath.ToSlash(name), root+"/")
			texts[name] = read(t, name)
		}
	}
	return texts
}

// TestMergesAreFinished checks that no document has the marks of an unresolved merge.
func TestMergesAreFinished(t *testing.T) {
	for name, text := range documents(t) {
		if mark := mergeMarks.FindString(text); mark != "" {
			t.Errorf("%s has %q, which a merge has left", name, mark)
		}
	}
}

// TestLinksLeadSomewhere checks that the target of each link between documents exists, whether it is a file or a heading.
func TestLinksLeadSomewhere(t *testing.T) {
	texts := documents(t)
	for name, text := range texts {
		for _, match := range localLinks.FindAllStringSubmatch(text, -1) {
			target, anchor, _ := strings.Cut(match[1], "#")
			if strings.Contains(target, ":") {
				continue // an address elsewhere
			}
			file := name
			if target != "" {
				file = path.Join(path.Dir(name), target)
			}
			if _, err := os.Stat(filepath.Join(root, file)); err != nil {
				t.Errorf("%s links to %s, which does not exist", name, file)
			} else if anchor != "" && !slices.Contains(anchors(texts[file]), anchor) {
				t.Errorf("%s links to %s#%s, which is not a heading", name, file, anchor)
			}
		}
	}
}

// anchors returns the anchors that a forge gives the headings of a document.
func anchors(text string) (all []string) {
	for _, match := range headings.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.ReplaceAll(notInAnchors.ReplaceAllString(strings.ToLower(match[1]), ""), " ", "-"))
	}
	return all
}

// TestNamesInDocumentsExist checks the paths, make targets and variables that documents name.
func TestNamesInDocumentsExist(t *testing.T) {
	list := exec.CommandContext(t.Context(), "git", "ls-files", "-co", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Skip("not in a clone of the repository")
	}
	known, sources := map[string]bool{"dist": true}, ""
	for name := range strings.Lines(string(out)) {
		name = strings.TrimSpace(name)
		if data, err := os.ReadFile(filepath.Join(root, name)); err == nil && slices.Contains([]string{".go", ".js", ".sh"}, path.Ext(name)) {
			sources += string(data)
		}
		for ; name != "."; name = path.Dir(name) {
			known[name] = true
		}
	}
	var made []string
	for _, match := range targets.FindAllStringSubmatch(read(t, "Makefile"), -1) {
		made = append(made, match[1])
	}
	for name, text := range documents(t) {
		for _, span := range codeSpans.FindAllStringSubmatch(text, -1) {
			first, rest, isPath := strings.Cut(span[1], "/")
			if isPath && rest != "" && known[first] && first != "dist" && ourPaths.MatchString(span[1]) && !known[strings.TrimSuffix(span[1], "/")] {
				t.Errorf("%s names the path %s, which does not exist", name, span[1])
			}
			for _, match := range makeTargets.FindAllStringSubmatch(span[1], -1) {
				if !slices.Contains(made, match[1]) {
					t.Errorf("%s names make %s, which does not exist", name, match[1])
				}
			}
		}
		for _, variable := range variables.FindAllString(text, -1) {
			if !strings.Contains(sources, variable) {
				t.Errorf("%s names the variable %s, which does not exist", name, variable)
			}
		}
	}
}
