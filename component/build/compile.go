package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// apart are the packages whose functions are not put into others: it saves 35 KB of what a page loads, and costs no time that
// can be measured. The view is not among them: it draws every message.
var apart = []string{
	"github.com/maxence-charriere/go-app/v10/...", "hallway/component/client", "hallway/component/driver", "hallway/component/wasm",
	"hallway/protocol",
}

// compile builds the main package for the browser into the file out.
func compile(tool toolchain, pkg, out string, overlaid bool) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", out}
	for _, pkg := range apart {
		args = append(args, "-gcflags", pkg+"=-l")
	}
	if overlaid {
		path, remove, err := writeOverlay(tool)
		if err != nil {
			return err
		}
		defer remove()
		args = append(args, "-overlay", path)
	}
	_, err = output(browserGo(tool, append(args, pkg)...))
	return err
}

// browserGo is a go command for the browser's platform, in the module's root.
func browserGo(tool toolchain, args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir = tool.module
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	return cmd
}

// writeOverlay writes the file that tells the go command to see our stand-ins in place of the standard packages of the same
// paths. The caller removes it.
func writeOverlay(tool toolchain) (path string, remove func(), err error) {
	replace, err := overlay(tool)
	if err != nil {
		return "", nil, err
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "hallway-build-")
	if err != nil {
		return "", nil, err
	}
	path = filepath.Join(dir, "overlay.json")
	return path, func() { os.RemoveAll(dir) }, os.WriteFile(path, data, 0o644)
}

// overlay maps the files of each standard package that has a stand-in to nothing, and those of the stand-in into its folder.
func overlay(tool toolchain) (map[string]string, error) {
	replace := map[string]string{}
	root := filepath.Join(tool.module, "component", "build", "overlay")
	return replace, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !goSource(path) || filepath.Dir(path) == root {
			return err
		}
		pkg, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		original := filepath.Join(tool.goroot, "src", pkg)
		names, err := filepath.Glob(filepath.Join(original, "*.go"))
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return fmt.Errorf("overlay: the standard library has no %s", pkg)
		}
		for _, name := range names {
			if _, ours := replace[name]; !ours && goSource(name) {
				replace[name] = ""
			}
		}
		replace[filepath.Join(original, filepath.Base(path))] = path
		return nil
	})
}

func goSource(path string) bool {
	return strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go")
}
