package word

import (
	"slices"
	"strings"
	"testing"
)

func TestNameTerms(t *testing.T) {
	for name, want := range map[string][]string{
		"":                     nil,
		"👍 !":                  nil,
		"Ada":                  {"ada"},
		"Ada  Lovelace ":       {"ada lovelace", "lovelace"},
		"  Émilie du Châtelet": {"emilie du chatelet", "du chatelet", "chatelet"},
		"Anne-Marie O'Brien":   {"anne marie o brien", "marie o brien", "o brien", "brien"},
		"Jürgen Groß":          {"jurgen gross", "gross", "juergen gross"},
		"ada ADA ada":          {"ada ada ada", "ada ada", "ada"},
		"Ада Лавлейс":          {"ада лавлеис", "лавлеис"},
		"山田太郎":                 {"山田太郎", "田太郎", "太郎", "郎"},
		"R2 D2":                {"r2 d2", "d2"},
		"＠Ｂｏｂ (ops)":           {"bob ops", "ops"},
	} {
		if got := NameTerms(name); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	long := NameTerms(strings.Repeat("ab ", 100))
	if len(long) != nameTermsMax && len(long) != 1 || len(long[0]) > nameTermMax {
		t.Errorf("a name of many words has %q", long)
	}
}

// TestNamesAreFound checks that case, accents and separators of words do not matter.
func TestNamesAreFound(t *testing.T) {
	found := func(name, query string) bool {
		prefix := NamePrefix(query)
		return prefix != "" && slices.ContainsFunc(NameTerms(name), func(term string) bool { return strings.HasPrefix(term, prefix) })
	}
	for _, c := range []struct {
		name, query string
		want        bool
	}{
		{"Ada Lovelace", "a", true},
		{"Ada Lovelace", "LOVE", true},
		{"Ada Lovelace", "ada l", true},
		{"Ada Lovelace", "Ada  Lovelace ", true},
		{"Ada Lovelace", "da", false},
		{"Ada Lovelace", "lovelace ada", false},
		{"Ada Lovelace", "", false},
		{"Ada Lovelace", "@", false},
		{"Zoë Müller", "zoe", true},
		{"Zoe Muller", "Zoë", true},
		{"Zoë Müller", "mueller", true},
		{"Łukasz", "luk", true},
		{"Σίσυφος", "σισυφοσ", true},
		{"李小龍", "小", true},
		{"김민수", "김", true},
		{"محمد علي", "علي", true},
		{"Jean-Luc", "luc", true},
		{strings.Repeat("x", 100), strings.Repeat("X", 64), true},
	} {
		if got := found(c.name, c.query); got != c.want {
			t.Errorf("%q by %q: %t; %q", c.name, c.query, got, NameTerms(c.name))
		}
	}
}
