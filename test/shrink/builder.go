package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"hallway/component/build/shrink"
)

// The bounds of one run: of a package's tests, and of a generated program, which takes less than a second.
const (
	testsMax   = 5 * time.Minute
	programMax = time.Minute
)

// builder builds programs for the browser, plain and small, and runs them in Node.
type builder struct {
	dir   string // for temporary files
	tool  shrink.Toolchain
	on    shrink.Set
	small []string // flags of go build for the kind small
}

// without names the steps that remove features on purpose: with them, times are RFC 3339 only, and no value of reflect is a method.
const without = "time,methods"

// newBuilder returns a builder. With own it builds its own compiler, even if there is one.
func newBuilder(own bool) (*builder, error) {
	on, err := shrink.Without(without)
	if err != nil {
		return nil, err
	}
	tool, err := shrink.FindToolchain()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "hallway-shrink-")
	if err != nil {
		return nil, err
	}
	if own {
		tool.Compilers = filepath.Join(dir, "compiler")
	}
	small, err := tool.Flags(dir, on, nil, func() { fmt.Println("building the compiler …") })
	return &builder{dir: dir, tool: tool, on: on, small: small}, err
}

func (b *builder) close() { _ = os.RemoveAll(b.dir) }

// kinds holds the names of the two ways to build.
var kinds = []string{"plain", "small"}

// build builds a program of a kind by the go command's arguments and returns its path.
func (b *builder) build(kind, name, folder string, args ...string) (string, error) {
	path := filepath.Join(b.dir, strings.ReplaceAll(name, "/", "_")+"."+kind+".wasm")
	var flags []string
	if kind == "small" {
		flags = b.small
	}
	args = append(append(args[:len(args)-1:len(args)-1], append(flags, "-ldflags", "-s -w", "-o", path)...), args[len(args)-1])
	cmd := exec.Command("go", args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", name, err, said)
	}
	if kind == "plain" {
		return path, nil
	}
	linked, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	small, err := shrink.Module(linked, b.on)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return path, os.WriteFile(path, small, 0o644)
}

// run runs a program in a folder and returns its output, followed by its exit code.
func (b *builder) run(most time.Duration, path, folder string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", append([]string{"--stack-size=8192", filepath.Join(b.tool.Root, "lib", "wasm", "wasm_exec_node.js"), path}, args...)...)
	cmd.Dir = folder
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.dir, "TMPDIR=" + b.dir}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("%s did not end within %v", filepath.Base(path), most)
	case err != nil && !errors.As(err, &exit):
		return "", err
	}
	fmt.Fprintf(&out, "exit code %d\n", cmd.ProcessState.ExitCode())
	return out.String(), nil
}
