package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"hallway/component/build/shrink"
)

// The sheets of component/theme: the tokens with their values, and the rules that use them.
var (
	lightSheets = []string{"tokens.css", "light.css"}
	chatSheets  = []string{"tokens.css", "light.css", "chat.css", "log.css", "loading.css", "composer.css", "search.css", "message.css", "marks.css", "files.css", "attach.css", "lightbox.css", "menu.css", "dialog.css", "pinned.css"}
	darkSheets  = []string{"dark.css"}
)

// styles returns a module with the sheets that a chat adopts: `base` is for every chat, and `dark` is added for the dark theme.
func styles(tool shrink.Toolchain) (file, error) {
	var js strings.Builder
	for _, sheet := range []struct {
		name  string
		parts []string
	}{{"base", chatSheets}, {"dark", darkSheets}} {
		css, err := readSheets(tool, sheet.parts)
		if err != nil {
			return file{}, err
		}
		short := api.Transform(css, api.TransformOptions{Loader: api.LoaderCSS, MinifyWhitespace: true, MinifySyntax: true})
		if len(short.Errors) > 0 || len(short.Warnings) > 0 {
			return file{}, fmt.Errorf("component/theme: %v", append(short.Errors, short.Warnings...))
		}
		text, err := json.Marshal(string(short.Code))
		if err != nil {
			return file{}, err
		}
		fmt.Fprintf(&js, "export const %s = %s;\n", sheet.name, text)
	}
	return file{"styles.js", []byte(js.String())}, nil
}

func readSheets(tool shrink.Toolchain, names []string) (string, error) {
	var css strings.Builder
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(tool.Module, "component", "theme", name))
		if err != nil {
			return "", err
		}
		css.Write(data)
	}
	return css.String(), nil
}

// themes returns the sheets for a host's page. They select the element by its name, so their rules override the element's own.
func themes(tool shrink.Toolchain) ([]file, error) {
	var files []file
	for _, theme := range []struct {
		name, head string
		sheets     []string
	}{
		{"tokens", "All that a page may set on <hallway-chat>, with the values it has by itself: copy what you change.", lightSheets},
		{"light", "Makes every <hallway-chat> of the page light, whatever its theme attribute and the system say.", []string{"light.css"}},
		{"dark", "Makes every <hallway-chat> of the page dark, whatever its theme attribute and the system say.", darkSheets},
	} {
		css, err := readSheets(tool, theme.sheets)
		if err != nil {
			return nil, err
		}
		css = "/* " + theme.head + " */\n" + strings.ReplaceAll(withoutComments(css), ":host {", "hallway-chat {")
		files = append(files, file{"themes/" + theme.name + ".css", []byte(css)})
	}
	return files, nil
}

var comment = regexp.MustCompile(`(?s)/\*.*?\*/\n?`)

func withoutComments(css string) string { return comment.ReplaceAllString(css, "") }

var token = regexp.MustCompile(`(--hallway-[a-z0-9-]+):\s*([^;]+);`)

// manifest returns the custom-elements manifest. It is written by hand, except for the tokens, which are read from the theme.
func manifest(tool shrink.Toolchain) ([]file, error) {
	css, err := readSheets(tool, lightSheets)
	if err != nil {
		return nil, err
	}
	type property struct {
		Name    string `json:"name"`
		Default string `json:"default"`
	}
	var properties []property
	for _, found := range token.FindAllStringSubmatch(css, -1) {
		properties = append(properties, property{found[1], found[2]})
	}
	list, err := json.Marshal(properties)
	if err != nil {
		return nil, err
	}
	files, err := readFiles(tool, "component/element/custom-elements.json")
	if err != nil {
		return nil, err
	}
	const gap = `"cssProperties": []`
	if len(files) != 1 || bytes.Count(files[0].data, []byte(gap)) != 1 {
		return nil, fmt.Errorf("component/element/custom-elements.json must contain %s exactly once", gap)
	}
	filled := bytes.Replace(files[0].data, []byte(gap), []byte(`"cssProperties": `+string(list)), 1)
	var out bytes.Buffer
	if err := json.Indent(&out, filled, "", "  "); err != nil {
		return nil, fmt.Errorf("custom-elements.json: %w", err)
	}
	return []file{{"custom-elements.json", out.Bytes()}}, nil
}
