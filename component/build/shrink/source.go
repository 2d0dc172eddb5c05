package shrink

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

// patches holds the diff of the assembler, and a diff for each step that changes the toolchain's sources.
//
//go:embed patches/*.diff
var patches embed.FS

// joining holds the file that joins the assembler.
//
//go:embed _assembler/layout.go
var joining embed.FS

// patch applies a diff to the toolchain's sources.
func (t Toolchain) patch(dir, name string, replace map[string]string) error {
	diff, err := patches.ReadFile("patches/" + name + ".diff")
	if err != nil {
		return err
	}
	files, _, err := gitdiff.Parse(bytes.NewReader(diff))
	if err != nil {
		return fmt.Errorf("patches/%s.diff: %w", name, err)
	}
	for _, file := range files {
		path := filepath.Join(t.Root, "src", filepath.FromSlash(file.NewName))
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var patched bytes.Buffer
		if err := gitdiff.Apply(&patched, bytes.NewReader(source), file); err != nil {
			return fmt.Errorf("shrink: %s of %s differs from what patches/%s.diff expects (%w); see component/build/shrink/doc.go",
				file.NewName, t.Version, name, err)
		}
		if err := write(dir, path, patched.Bytes(), replace); err != nil {
			return err
		}
	}
	return nil
}

// join adds a file of ours to a package of the toolchain.
func (t Toolchain) join(dir, name, as string, replace map[string]string) error {
	data, err := joining.ReadFile(name)
	if err != nil {
		return err
	}
	return write(dir, filepath.Join(t.Root, "src", filepath.FromSlash(as)), data, replace)
}

// write writes a file into dir that replaces the one at a path.
func write(dir, path string, data []byte, replace map[string]string) error {
	name := filepath.Join(dir, strings.NewReplacer("/", "_", `\`, "_", ":", "_").Replace(path))
	replace[path] = name
	return os.WriteFile(name, data, 0o644)
}
