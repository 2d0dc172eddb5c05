package main

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hallway/component/build/shrink"
)

// someModule stands in for the compiled program. The files around it do not depend on it.
var someModule = newModule([]byte("\x00asm\x01\x00\x00\x00"), "1.2.3")

func TestPackageFilesAreReproducible(t *testing.T) {
	tool := toolchainUnderTest(t)
	first, err := packageFiles(tool, someModule)
	if err != nil {
		t.Fatal(err)
	}
	second, err := packageFiles(tool, someModule)
	if err != nil {
		t.Fatal(err)
	}
	same := func(a, b file) bool { return a.name == b.name && bytes.Equal(a.data, b.data) }
	if !slices.EqualFunc(first, second, same) {
		t.Error("two runs over the same sources differ")
	}
	for _, f := range first {
		if strings.Contains(string(f.data), tool.Module) {
			t.Errorf("%s names the folder that it was built in", f.name)
		}
	}
}

// TestPackageIsComplete checks that dist/ has all files that package.json names and the modules import, and no tests.
func TestPackageIsComplete(t *testing.T) {
	tool := toolchainUnderTest(t)
	files, err := packageFiles(tool, someModule)
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
	}
	imported := regexp.MustCompile(`from\s*["']\./([^"']+)["']`)
	for _, f := range files {
		for _, match := range imported.FindAllStringSubmatch(string(f.data), -1) {
			name := match[1]
			if types, is := strings.CutSuffix(name, ".js"); is && strings.HasSuffix(f.name, ".d.ts") {
				name = types + ".d.ts" // an import in a type file names the module, not its .d.ts
			}
			if !strings.HasSuffix(f.name, ".map") && !names[name] {
				t.Errorf("%s imports %s, which is not there", f.name, name)
			}
		}
	}

	data, err := os.ReadFile(filepath.Join(tool.Module, "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var pkg struct {
		CustomElements string
		Exports        map[string]json.RawMessage
	}
	if err := json.Unmarshal(data, &pkg); err != nil {
		t.Fatal(err)
	}
	promised := []string{pkg.CustomElements}
	for _, target := range pkg.Exports {
		promised = append(promised, strings.Split(string(target), `"`)...)
	}
	for _, path := range promised {
		name, ok := strings.CutPrefix(path, "./dist/")
		if !ok {
			continue
		}
		if folder, isPattern := strings.CutSuffix(name, "*.css"); isPattern {
			ok = slices.ContainsFunc(files, func(f file) bool { return strings.HasPrefix(f.name, folder) })
		} else {
			ok = names[name]
		}
		if !ok {
			t.Errorf("package.json names %s, which is not there", path)
		}
	}
}

// plainly returns a build without stand-ins and steps.
func plainly(t *testing.T) compilation {
	t.Helper()
	return compilation{tool: toolchainUnderTest(t), dir: t.TempDir(), plain: true}
}

// TestCompileWithoutStandIns checks that the sources also build with the real standard library.
func TestCompileWithoutStandIns(t *testing.T) {
	out := filepath.Join(t.TempDir(), "tiny.wasm")
	if err := plainly(t).compile("./component/build/shrink/testdata/tiny", out); err != nil {
		t.Fatal(err)
	}
}

// TestModuleIsReproducible builds two checkouts in different folders, which must give the same module.
func TestModuleIsReproducible(t *testing.T) {
	here := toolchainUnderTest(t)
	there := here
	there.Module = filepath.Join(t.TempDir(), "a checkout elsewhere")
	if err := os.CopyFS(there.Module, sourcesOf(here.Module)); err != nil {
		t.Fatal(err)
	}
	var hashes []string
	for _, tool := range []shrink.Toolchain{here, there} {
		m, err := compileModule(tool, false, shrink.All(), func(what string) { t.Log(what) })
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(m.wasm, []byte(here.Module)) {
			t.Errorf("the module names the folder that it was built in")
		}
		hashes = append(hashes, m.hash())
	}
	if hashes[0] != hashes[1] {
		t.Errorf("two modules: %s", hashes)
	}
}

// sources holds the files of a checkout that a build reads.
type sources struct{ fs.FS }

func sourcesOf(folder string) fs.FS { return sources{os.DirFS(folder)} }

func (s sources) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(s.FS, name)
	if name != "." {
		return entries, err
	}
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		return !slices.Contains([]string{"component", "e2ee", "protocol", "go.mod", "go.sum", "package.json"}, e.Name())
	}), err
}

func TestCompileReportsTheCompilersErrors(t *testing.T) {
	err := plainly(t).compile("./component/build/testdata/missing", filepath.Join(t.TempDir(), "x.wasm"))
	if err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("err = %v, want the go command's own message", err)
	}
}

// TestWriteFilesEmptiesDistAlone checks that dist is emptied, so that no file of an earlier build ships. Another folder keeps its
// files.
func TestWriteFilesEmptiesDistAlone(t *testing.T) {
	for name, want := range map[string][]string{"dist": {".gitkeep", "new.js"}, "elsewhere": {".gitkeep", "new.js", "old.js"}} {
		folder := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, old := range []string{".gitkeep", "old.js"} {
			if err := os.WriteFile(filepath.Join(folder, old), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := writeFiles(folder, []file{{"new.js", nil}}, io.Discard); err != nil {
			t.Fatal(err)
		}
		got, err := fs.Glob(os.DirFS(folder), "*")
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("in %s are %v (%v), want %v", name, got, err, want)
		}
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
				t.Errorf("the output is %q, want %q in it", stderr.String(), c.says)
			}
			if lines := strings.Count(stderr.String(), "\n"); c.code == 2 && lines != 1 {
				t.Errorf("an error of %d lines, want 1: %q", lines, stderr.String())
			}
		})
	}
}
