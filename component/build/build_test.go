package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestScriptsAreReproducible(t *testing.T) {
	tool := toolchainUnderTest(t)
	first, err := scripts(tool)
	if err != nil {
		t.Fatal(err)
	}
	second, err := scripts(tool)
	if err != nil {
		t.Fatal(err)
	}
	same := func(a, b file) bool { return a.name == b.name && bytes.Equal(a.data, b.data) }
	if !slices.EqualFunc(first, second, same) {
		t.Error("two runs over the same sources differ")
	}
}

// What package.json promises and the modules import is in dist/, and no test is.
func TestScriptsAreComplete(t *testing.T) {
	tool := toolchainUnderTest(t)
	files, err := scripts(tool)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{"chat.wasm": true}
	for _, f := range files {
		if names[f.name] {
			t.Errorf("%s is made twice", f.name)
		}
		names[f.name] = true
		if strings.Contains(f.name, ".test.") {
			t.Errorf("%s ships", f.name)
		}
		if strings.Contains(string(f.data), tool.module) {
			t.Errorf("%s names the folder that it was built in", f.name)
		}
	}
	for _, f := range files {
		for line := range strings.Lines(string(f.data)) {
			_, from, ok := strings.Cut(line, " from './")
			if ok && !names[strings.TrimRight(from, "';\n")] {
				t.Errorf("%s imports %s, which is not there", f.name, from)
			}
		}
	}

	data, err := os.ReadFile(filepath.Join(tool.module, "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var pkg struct{ Exports map[string]json.RawMessage }
	if err := json.Unmarshal(data, &pkg); err != nil {
		t.Fatal(err)
	}
	for path, target := range pkg.Exports {
		for part := range strings.SplitSeq(string(target), `"`) {
			if name, ok := strings.CutPrefix(part, "./dist/"); ok && !names[name] {
				t.Errorf("package.json exports %s as %s, which is not there", path, name)
			}
		}
	}
}

// The overlay leaves nothing of net/http, nor of what it alone brings.
func TestOverlayDropsNetHTTP(t *testing.T) {
	tool := toolchainUnderTest(t)
	path, remove, err := writeOverlay(tool)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	out, err := output(browserGo(tool, "list", "-deps", "-overlay", path, "./component/build/testdata/tiny"))
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(out)
	for _, want := range []string{"net/http", "github.com/maxence-charriere/go-app/v10/pkg/app", "nhooyr.io/websocket"} {
		if !slices.Contains(deps, want) {
			t.Errorf("%s is not among the packages: the test looks at nothing", want)
		}
	}
	for _, dep := range deps {
		if dep == "crypto/tls" || dep == "mime/multipart" || strings.HasPrefix(dep, "net/http/") {
			t.Errorf("%s is still in the browser build", dep)
		}
	}
}

// The stub has all that the browser build names.
func TestCompileWithTheStub(t *testing.T) {
	out := filepath.Join(t.TempDir(), "tiny.wasm")
	if err := compile(toolchainUnderTest(t), "./component/build/testdata/tiny", out, true); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(data, []byte("\x00asm")) {
		t.Errorf("begins with %q, not as a WebAssembly module does", data[:4])
	}
}

func TestCompileSaysWhatTheCompilerSaid(t *testing.T) {
	err := compile(toolchainUnderTest(t), "./component/build/testdata/missing", filepath.Join(t.TempDir(), "x.wasm"), false)
	if err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("err = %v, want the go command's own words", err)
	}
}

func TestCopyDemoTakesModulesAndProgram(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "demo")
	for _, name := range []string{"index.js", "chat.wasm", "index.d.ts"} {
		if err := os.WriteFile(filepath.Join(from, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := copyDemo(from, to); err != nil {
		t.Fatal(err)
	}
	got, err := fs.Glob(os.DirFS(to), "*")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"chat.wasm", "index.js"}; !slices.Equal(got, want) {
		t.Errorf("copied %v, want %v", got, want)
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"-help"}, 0, "usage: "},
		{[]string{"-nope"}, 2, "not defined: -nope"},
		{[]string{"extra"}, 2, `unexpected argument "extra"`},
		{[]string{"-out", ""}, 2, "-out needs a folder"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(c.args, &stdout, &stderr); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if !strings.Contains(stderr.String(), c.says) {
				t.Errorf("said %q, want %q in it", stderr.String(), c.says)
			}
			if lines := strings.Count(stderr.String(), "\n"); c.code == 2 && lines != 1 {
				t.Errorf("an error of %d lines, want 1: %q", lines, stderr.String())
			}
		})
	}
}
