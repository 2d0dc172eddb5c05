package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"hallway/component/build/shrink"
)

// apart lists the packages whose functions the compiler does not inline. That saves a page 36 KB, and costs no measurable time.
// From the view it lists only the helpers for elements, because the other packages draw every message. From the client's core it
// lists only the outbox, because the other parts have many functions of one line, which are smaller inlined.
var apart = []string{
	"github.com/maxence-charriere/go-app/v10/...", "hallway/component/client/outbox", "hallway/component/driver", "hallway/component/wasm",
	"hallway/component/view/dom", "hallway/protocol",
}

// compilation is one build for the browser.
type compilation struct {
	tool     shrink.Toolchain
	dir      string // the folder for temporary files
	plain    bool   // without stand-ins and steps
	on       shrink.Set
	progress func(string)
}

// compile builds the main package for the browser into the file out.
func (c compilation) compile(pkg, out string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	flags, err := c.flags()
	if err != nil {
		return err
	}
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", out}, flags...)
	_, err = output(browserGo(c.tool, append(args, pkg)...))
	return err
}

// flags returns the flags of go build or go list for stand-ins and steps.
func (c compilation) flags() ([]string, error) {
	var flags []string
	for _, pkg := range apart {
		flags = append(flags, "-gcflags", pkg+"=-l")
	}
	if c.plain {
		return flags, nil
	}
	standIns, err := standIns(c.tool)
	if err != nil {
		return nil, err
	}
	steps, err := c.tool.Flags(c.dir, c.on, standIns, func() {
		c.progress("building the compiler for the browser, once: a minute")
	})
	return append(flags, steps...), err
}

// browserGo returns a go command for the browser's platform, in the module's root.
func browserGo(tool shrink.Toolchain, args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir = tool.Module
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	return cmd
}

// standIns returns an overlay for the standard packages that have a stand-in: it removes their files, and adds the files of the
// stand-in.
func standIns(tool shrink.Toolchain) (map[string]string, error) {
	root := filepath.Join(tool.Module, "component", "build", "overlay")
	replace := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !goSource(path) || filepath.Dir(path) == root {
			return err
		}
		pkg, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		original := filepath.Join(tool.Root, "src", pkg)
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
	return replace, err
}

func goSource(path string) bool {
	return strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go")
}
