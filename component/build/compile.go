package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// compile builds the main package for the browser into the file out.
func compile(tool toolchain, pkg, out string, overlaid bool) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", out}
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

// writeOverlay writes the file that tells the go command to see the stub in place of all of net/http's own files. The
// caller removes it.
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

// overlay maps each file of net/http to nothing, and one to the stub.
func overlay(tool toolchain) (map[string]string, error) {
	original := filepath.Join(tool.goroot, "src", "net", "http")
	entries, err := os.ReadDir(original)
	if err != nil {
		return nil, err
	}
	replace := map[string]string{}
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			replace[filepath.Join(original, name)] = ""
		}
	}
	stub := filepath.Join(tool.module, "component", "build", "overlay", "nethttp", "http.go")
	replace[filepath.Join(original, "http.go")] = stub
	return replace, nil
}
