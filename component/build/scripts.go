package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"hallway/component/build/shrink"
)

// file is one file of the package, by its name in dist/.
type file struct {
	name string
	data []byte
}

// packageFiles returns all files of the package but chat.wasm. The same sources, toolchain and module give the same bytes.
func packageFiles(tool shrink.Toolchain, m module) ([]file, error) {
	modules, err := modules(tool, m)
	if err != nil {
		return nil, err
	}
	files, err := bundle(modules)
	if err != nil {
		return nil, err
	}
	for _, source := range []func(shrink.Toolchain) ([]file, error){types, themes, manifest} {
		more, err := source(tool)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	return append(files, integrityFile(m)), nil
}

// modules returns the element's ES modules, source files and generated ones, in one flat folder.
func modules(tool shrink.Toolchain, m module) ([]file, error) {
	files, err := readFiles(tool, "wasm_exec.js", "component/element/*.js")
	if err != nil {
		return nil, err
	}
	exec, err := goExec(tool)
	if err != nil {
		return nil, err
	}
	styles, err := styles(tool)
	if err != nil {
		return nil, err
	}
	return append(files, exec, styles, version(m)), nil
}

// readFiles reads the files that match the patterns below the module's root, without tests.
func readFiles(tool shrink.Toolchain, patterns ...string) ([]file, error) {
	var files []file
	for _, pattern := range patterns {
		paths, err := filepath.Glob(filepath.Join(tool.Module, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if strings.HasSuffix(path, ".test.js") {
				continue
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			files = append(files, file{filepath.Base(path), data})
		}
	}
	return files, nil
}

func goExec(tool shrink.Toolchain) (file, error) {
	source, err := os.ReadFile(filepath.Join(tool.Root, "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return file{}, err
	}
	adapted, err := adapt(string(source), tool.Version)
	return file{"go_exec.js", []byte(adapted)}, err
}

// version returns the module that holds the package's version and the hash of chat.wasm: whole, for fetch to check, and the part that
// tells the module from others, for the client's name.
func version(m module) file {
	js := fmt.Sprintf("export const version = %q;\nexport const integrity = %q;\nexport const moduleHash = %q;\n",
		m.version, m.integrity(), m.hash()[:12])
	return file{"version.js", []byte(js)}
}

// packageVersion returns the version in package.json.
func packageVersion(tool shrink.Toolchain) (string, error) {
	data, err := os.ReadFile(filepath.Join(tool.Module, "package.json"))
	if err != nil {
		return "", err
	}
	var pkg struct{ Version string }
	if err := json.Unmarshal(data, &pkg); err != nil {
		return "", fmt.Errorf("package.json: %w", err)
	}
	if pkg.Version == "" {
		return "", errors.New("package.json has no version")
	}
	return pkg.Version, nil
}

// types are the hand-written types.
func types(tool shrink.Toolchain) ([]file, error) { return readFiles(tool, "component/element/*.d.ts") }
