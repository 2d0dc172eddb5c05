package shrink

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Toolchain is the Go installation that builds the module.
type Toolchain struct {
	Root      string // GOROOT
	Version   string // such as go1.26.8
	Module    string // the folder of this repository's go.mod
	Compilers string // the folder for the compilers that the steps build
}

// FindToolchain returns the toolchain of the go command, which follows the toolchain line of go.mod.
func FindToolchain() (Toolchain, error) {
	out, err := exec.Command("go", "env", "GOMOD", "GOROOT", "GOVERSION", "GOMODCACHE").Output()
	if err != nil {
		return Toolchain{}, fmt.Errorf("go env: %w", err)
	}
	fields := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(fields) != 4 || filepath.Base(fields[0]) != "go.mod" {
		return Toolchain{}, errors.New("no go.mod here: run it inside the repository")
	}
	module := filepath.Dir(fields[0])
	t := Toolchain{Root: fields[1], Version: fields[2], Module: module, Compilers: filepath.Join(module, "bin", "compiler")}
	return t, t.checkRoot(fields[3])
}

// checkRoot refuses a toolchain in the module cache, because the go command does not replace files there. The toolchain is there if
// another version of Go than the one in go.mod has fetched it.
func (t Toolchain) checkRoot(cache string) error {
	if cache == "" || !strings.HasPrefix(t.Root, cache+string(filepath.Separator)) {
		return nil
	}
	return fmt.Errorf(`the go command fetched %[1]s by itself, and lets nobody build with parts of such a toolchain replaced. Install %[1]s (https://go.dev/dl), or copy it:
    cp -r %[2]q "$HOME/%[1]s" && chmod -R u+w "$HOME/%[1]s" && export PATH="$HOME/%[1]s/bin:$PATH"`, t.Version, t.Root)
}

// Flags returns the flags of go build that apply the steps to sources and compiler. The flags also replace or remove the toolchain's
// files in standIns. Flags writes into dir, and calls progress before it builds a compiler, which takes a minute.
func (t Toolchain) Flags(dir string, on Set, standIns map[string]string, progress func()) ([]string, error) {
	list, err := t.Overlay(dir, on, standIns)
	if err != nil {
		return nil, err
	}
	flags := []string{"-overlay", list}
	toolexec, err := t.compiler(on, progress)
	if toolexec != "" {
		flags = append(flags, "-toolexec", toolexec)
	}
	return flags, err
}

// Overlay writes the file for the flag -overlay and the patched sources into dir, and returns the path of the file.
func (t Toolchain) Overlay(dir string, on Set, standIns map[string]string) (path string, err error) {
	if err := t.KnownLayout(); err != nil {
		return "", err
	}
	replace := maps.Clone(standIns)
	if replace == nil {
		replace = map[string]string{}
	}
	for _, step := range [][2]string{{"tracer"}, {"debug"}, {"strconv"}, {"time"}, {"methods"}, {"findfunc"}, {"equality", "typeequal"}} {
		if on[step[0]] {
			if err := t.patch(dir, cmp.Or(step[1], step[0]), replace); err != nil {
				return "", err
			}
		}
	}
	return writeOverlay(dir, replace)
}

// writeOverlay writes the file for the flag -overlay into dir and returns its path.
func writeOverlay(dir string, replace map[string]string) (path string, err error) {
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, data, 0o644)
}
