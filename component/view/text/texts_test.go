package text

import (
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"

	"hallway/component/client"
	"hallway/protocol"
)

func TestPlurals(t *testing.T) {
	for _, tc := range []struct {
		name string
		rule func(int) plural
		want map[plural][]int
	}{
		{"English", pluralEnglish, map[plural][]int{pluralOne: {1}, pluralOther: {0, 2, 11, 100, 101, 1_000_000}}},
		{"French", pluralFrench, map[plural][]int{
			pluralOne: {0, 1}, pluralMany: {1_000_000, 2_000_000}, pluralOther: {2, 17, 100, 1_000_001},
		}},
		{"Arabic", pluralArabic, map[plural][]int{
			pluralZero: {0}, pluralOne: {1}, pluralTwo: {2}, pluralFew: {3, 10, 103, 110, 1003},
			pluralMany: {11, 26, 99, 111, 1011}, pluralOther: {100, 101, 102, 200, 1000, 1_000_000},
		}},
	} {
		for want, numbers := range tc.want {
			for _, n := range numbers {
				if got := tc.rule(n); got != want {
					t.Errorf("%s: %d is %s, want %s", tc.name, n, got, want)
				}
			}
		}
	}
}

// stem returns a word without the form for a number.
func stem(w string) string {
	stem, _, _ := strings.Cut(w, ".")
	return stem
}

// TestWordsHaveTheirTexts checks that each constant of words.go has a text, and each text a constant.
func TestWordsHaveTheirTexts(t *testing.T) {
	source, err := os.ReadFile("words.go")
	if err != nil {
		t.Fatal(err)
	}
	named := make(map[string]bool)
	for _, match := range regexp.MustCompile(` Word = "(.*?)"`).FindAllStringSubmatch(string(source), -1) {
		named[match[1]] = true
	}
	written := make(map[string]bool)
	for w := range wordsIn(english) {
		written[stem(w)] = true
	}
	if !maps.Equal(named, written) || len(named) < 150 {
		t.Errorf("%d words are named in words.go, %d written in english.txt: %v, %v", len(named), len(written), named, written)
	}
}

func TestEveryLanguageHasEveryWord(t *testing.T) {
	words := make(map[string]bool)
	for w := range wordsIn(english) {
		words[stem(w)] = true
	}
	for _, l := range languages {
		own := make(map[string]bool)
		for w, text := range wordsIn(l.file) {
			own[stem(w)] = true
			if text == "" {
				t.Errorf("%s: %s has no text", l.Tag, w)
			}
			if !words[stem(w)] {
				t.Errorf("%s: English does not know %s", l.Tag, w)
			}
		}
		for w := range words {
			if !own[w] {
				t.Errorf("%s: %s is missing", l.Tag, w)
			}
		}
		texts := For(l.Tag, nil)
		for _, w := range []Word{InSeconds, NewMessages, Left, People, Found, OpenReports} {
			for n := range 120 {
				if texts.Count(w, n) == "" {
					t.Errorf("%s: %s has no text of %d", l.Tag, w, n)
				}
			}
		}
	}
}

// TestWordsAreInTheTypes checks that the element's types list every text that a host can replace.
func TestWordsAreInTheTypes(t *testing.T) {
	types, err := os.ReadFile("../../element/index.d.ts")
	if err != nil {
		t.Fatal(err)
	}
	for w := range wordsIn(english) {
		if !strings.Contains(string(types), "'"+stem(w)+"'") {
			t.Errorf("index.d.ts does not name %s", stem(w))
		}
	}
}

func TestTextsForATag(t *testing.T) {
	for tag, want := range map[string]string{
		"": "en", "en": "en", "en-GB": "en", "DE-at": "de", "fr": "fr", "ar-EG": "ar", "xx": "en", "not a tag": "en",
	} {
		if got := For(tag, nil).Tag; got != want {
			t.Errorf("%q is answered in %s, want %s", tag, got, want)
		}
	}
	if For("ar", nil).Dir != "rtl" || For("de", nil).Dir != "ltr" {
		t.Error("the direction is wrong")
	}
}

func TestOwnTexts(t *testing.T) {
	texts := For("en", map[string]string{"send": "Go", "newMessages.other": "{n} more", "says": "{text} ({name})"})
	texts.Number = func(int) string { return "#" }
	for want, got := range map[string]string{
		"Go":            texts.Say(Send),
		"Retry":         texts.Say(Retry),
		"# more":        texts.Count(NewMessages, 2),
		"# new message": texts.Count(NewMessages, 1),
		"hi {name} (A)": texts.With(Says, "A", "hi {name}"), // placeholders in a user's text stay
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestRefusal(t *testing.T) {
	for _, tc := range []struct {
		code protocol.Code
		told string
		why  protocol.Why
		want string
	}{
		{protocol.CodeTooLarge, "the text is too long", "", "Not sent: it is too long"},
		{protocol.CodeBadRequest, "the text is empty", "", "Not sent: the text is empty"},
		{protocol.CodeForbidden, "muted in this room", protocol.WhyMuted, "Not sent: you are muted"},
		{protocol.CodeForbidden, "of a later version", "another", "Not sent: you may not write here"},
		{client.CodeLost, "the message cannot be decrypted any more: write it again", "", "Not sent: this device no longer has it"},
		{"", "", "", "Not sent"},
	} {
		if got := For("en", nil).Refusal(tc.code, tc.told, tc.why); got != tc.want {
			t.Errorf("refusal(%q, %q) = %q, want %q", tc.code, tc.told, got, tc.want)
		}
	}
}

// TestRefusalsAreInTheUsersLanguage checks that the relay's reasons, which are English, are not shown in another language.
func TestRefusalsAreInTheUsersLanguage(t *testing.T) {
	const raw = "the relay's own words"
	codes := []protocol.Code{
		protocol.CodeBadRequest, protocol.CodeUnauthorized, protocol.CodeForbidden, protocol.CodeNotFound, protocol.CodeConflict,
		protocol.CodeTooLarge, protocol.CodeRateLimited, protocol.CodeUnavailable, protocol.CodeInternal, "of_a_later_version",
	}
	for _, texts := range []*Texts{For("de", nil), For("fr", nil), For("ar", nil), For("en", map[string]string{"refused": "no se aceptó"})} {
		for _, code := range codes {
			for _, said := range []string{
				texts.Refusal(code, raw, "of a later version"), texts.NotDone(client.Refused{Code: code, Reason: raw}, false),
			} {
				if strings.Contains(said, raw) || !strings.Contains(said, ": ") {
					t.Errorf("%s, %s: %q", texts.Tag, code, said)
				}
			}
		}
	}
}

func TestNamesDoNotChangeTheDirection(t *testing.T) {
	for name, want := range map[string]string{
		"Ada":                      "Ban \u2068Ada\u2069?",
		"\u2069\u202eada":          "Ban \u2068ada\u2069?",
		"\u2066\u2067\u2068\u202d": "Ban \u2068\u2069?",
		"{name}":                   "Ban \u2068{name}\u2069?",
		"אדה":                      "Ban \u2068אדה\u2069?",
	} {
		if got := For("en", map[string]string{"banAsk": "Ban {name}?"}).About(BanAsk, name); got != want {
			t.Errorf("about %q: %q, want %q", name, got, want)
		}
	}
}

func TestTagsAsPeopleWriteThem(t *testing.T) {
	for tag, want := range map[string]string{
		"de_DE": "de", "DE": "de", "de-at": "de", "FR_ca": "fr", "ar-EG": "ar", "zh-Hant": "en", "": "en", "_": "en", "xx-$$$": "en", "deu": "en",
	} {
		if got := For(tag, nil).Tag; got != want {
			t.Errorf("%q speaks %s, want %s", tag, got, want)
		}
	}
	for tag, want := range map[string]string{"xx": "en", "es_ES": "en-ES", "zh-Hant-tw": "en-TW", "zh-Hant": "en", "xx-x-gb": "en", "": "en"} {
		if got := inRegion("en", tag); got != want {
			t.Errorf("%q in English is %s, want %s", tag, got, want)
		}
	}
}

// said holds the texts of these tests.
var said = For("en", nil)
