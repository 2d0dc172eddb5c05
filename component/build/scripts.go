package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// file is one file of the package, by its name in dist/.
type file struct {
	name string
	data []byte
}

// scripts gives everything of the package but chat.wasm, one source after the other. The same sources and toolchain
// give the same bytes.
func scripts(tool toolchain) ([]file, error) {
	var files []file
	for _, source := range []func(toolchain) ([]file, error){goExec, elementFiles, styles, version} {
		more, err := source(tool)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	return files, nil
}

func goExec(tool toolchain) ([]file, error) {
	source, err := os.ReadFile(filepath.Join(tool.goroot, "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return nil, err
	}
	adapted, err := adapt(string(source), tool.version)
	return []file{{"go_exec.js", []byte(adapted)}}, err
}

// elementFiles are the sources that ship as they are, flat in one folder.
func elementFiles(tool toolchain) ([]file, error) {
	paths := []string{filepath.Join(tool.module, "wasm_exec.js")}
	for _, pattern := range []string{"*.js", "*.d.ts"} {
		found, err := filepath.Glob(filepath.Join(tool.module, "component", "element", pattern))
		if err != nil {
			return nil, err
		}
		paths = append(paths, found...)
	}
	var files []file
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
	return files, nil
}

// styles makes the theme's sheets a module: `base` is for every chat, `dark` is adopted on top of it.
func styles(tool toolchain) ([]file, error) {
	theme := filepath.Join(tool.module, "component", "theme")
	var js strings.Builder
	js.WriteString("// Made from component/theme by component/build: do not edit.\n")
	for _, sheet := range []struct {
		name  string
		parts []string
	}{
		{"base", []string{"tokens.css", "light.css", "chat.css", "message.css"}},
		{"dark", []string{"dark.css"}},
	} {
		var css strings.Builder
		for _, part := range sheet.parts {
			data, err := os.ReadFile(filepath.Join(theme, part))
			if err != nil {
				return nil, err
			}
			css.Write(data)
		}
		text, err := json.Marshal(css.String())
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&js, "export const %s = %s;\n", sheet.name, text)
	}
	return []file{{"styles.js", []byte(js.String())}}, nil
}

// version makes the package's version a module.
func version(tool toolchain) ([]file, error) {
	data, err := os.ReadFile(filepath.Join(tool.module, "package.json"))
	if err != nil {
		return nil, err
	}
	var pkg struct{ Version string }
	if err := json.Unmarshal(data, &pkg); err != nil {
		return nil, fmt.Errorf("package.json: %w", err)
	}
	if pkg.Version == "" {
		return nil, errors.New("package.json has no version")
	}
	js := fmt.Sprintf("// Made from package.json by component/build: do not edit.\nexport const version = %q;\n", pkg.Version)
	return []file{{"version.js", []byte(js)}}, nil
}
