package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestManifestAgreesWithElementAndTypes checks that the three descriptions of the element agree: its code, its types, and the manifest.
func TestManifestAgreesWithElementAndTypes(t *testing.T) {
	tool := toolchainUnderTest(t)
	made, err := manifest(tool)
	if err != nil {
		t.Fatal(err)
	}
	type named []struct{ Name, Default string }
	var parsed struct {
		Modules []struct {
			Declarations []struct {
				Attributes, Members, Events, CSSParts, CSSProperties named
			}
		}
	}
	if err := json.Unmarshal(made[0].data, &parsed); err != nil {
		t.Fatal(err)
	}
	element := parsed.Modules[0].Declarations[0]
	names := func(list named) (names []string) {
		for _, entry := range list {
			names = append(names, entry.Name)
		}
		return names
	}
	read := func(path string) string {
		data, err := os.ReadFile(filepath.Join(tool.Module, "component", path))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	find := func(text, pattern string) (found []string) {
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			found = append(found, match[1])
		}
		return found
	}
	code, types := read("element/index.js"), read("element/index.d.ts")
	reflected := find(find(code, `(?s)const REFLECTED = \[(.*?)\]`)[0], `'(\w+)'`)
	class := find(types, `(?s)declare class HallwayChat extends HTMLElement \{(.*)\n\}`)[0]
	for _, c := range []struct {
		what      string
		got, want []string
	}{
		{"attributes", names(element.Attributes), append(reflected, "encrypted", "lang", "open")},
		{"members, and the types", without(names(element.Members), "focus"), find(class, `(?m)^  (?:static )?(\w+)[:(]`)},
		{"events, and the element's", names(element.Events), find(code, `@fires (\S+)`)},
		{"events, and the types", names(element.Events), find(types, `'(hallway-\w+)': CustomEvent`)},
		{"parts, and the element's", names(element.CSSParts), find(code, `@csspart (\w+)`)},
		{"tokens, and the types", names(element.CSSProperties), tokensOfTypes(types)},
	} {
		slices.Sort(c.got)
		slices.Sort(c.want)
		if want := without(slices.Compact(c.want), "addEventListener", "removeEventListener"); !slices.Equal(c.got, want) || len(c.got) == 0 {
			t.Errorf("%s: in the manifest\n%q, elsewhere\n%q", c.what, c.got, want)
		}
	}
	for _, token := range element.CSSProperties {
		if token.Default == "" {
			t.Errorf("%s has no default", token.Name)
		}
	}
}

// tokensOfTypes returns the members of the type Token. Members that differ only in a digit count once.
func tokensOfTypes(types string) []string {
	union := regexp.MustCompile(`(?s)type Token =(.*?);`).FindStringSubmatch(types)[1]
	var tokens []string
	for _, match := range regexp.MustCompile("['`](--hallway-[a-z-]+)(\\$\\{[^}]*\\})?").FindAllStringSubmatch(union, -1) {
		for _, digit := range regexp.MustCompile(`\d`).FindAllString(match[2], -1) {
			tokens = append(tokens, match[1]+digit)
		}
		if match[2] == "" {
			tokens = append(tokens, match[1])
		}
	}
	return tokens
}

func without(list []string, names ...string) []string {
	return slices.DeleteFunc(list, func(name string) bool { return slices.Contains(names, name) })
}
