package protocol

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestBlankOfAllCharacters compares Blank with Unicode's tables: a character by itself is blank if it is white space,
// an invisible control or format character, or a mark of the basic plane; no other assigned character is.
func TestBlankOfAllCharacters(t *testing.T) {
	fillers := map[rune]bool{0x115f: true, 0x1160: true, 0x2800: true, 0x3164: true, 0xffa0: true, 0x1d159: true}
	visibleFormat := func(r rune) bool { // number signs and similar ones, which stand before or around others
		return 0x600 <= r && r <= 0x605 || r == 0x6dd || r == 0x70f || r == 0x890 || r == 0x891 || r == 0x8e2 || 0x110bd <= r && r <= 0x110cd || 0x13430 <= r && r <= 0x1343f
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		want := fillers[r] || unicode.IsSpace(r) || unicode.Is(unicode.Z, r) || unicode.Is(unicode.Cc, r) ||
			unicode.Is(unicode.Cf, r) && !visibleFormat(r) || unicode.Is(unicode.Variation_Selector, r) ||
			r <= 0xffff && unicode.Is(unicode.M, r)
		seen := unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S, unicode.Co)
		if got := Blank(string(r)); want && !got || !want && seen && got {
			t.Errorf("U+%04X: blank %v, want %v", r, got, want)
		}
	}
}

func TestBlankTexts(t *testing.T) {
	for _, blank := range []string{
		"", " ", "\n\t\n", "\u200b", "\u200b\u200b \u2060", "\u2800\u2800", "\u3164", "\u115f\u1160", "\uffa0", "\ufeff", "\u00ad", "\u034f", "\u061c", "\u180e",
		"\u0301", " \u0301\u0308", "\u20e3", "\ufe0f", "\u064b", "\u05b0", "\u093c", "\u0e31", "\u3099", "\u200d\u200c", "\u202e\u202c", "\u2066\u2069",
		"\U000e0020\U000e007f", "\U000e0100", "\u3000", "\u00a0", "\u1680", "\u2028\u2029", "\U0001d173", "\ufff9", "\ufdd0", "\U0001fffe", "\u17b4", "\u2061\u2063",
	} {
		if !Blank(blank) {
			t.Errorf("%+q is not blank", blank)
		}
		if code, _ := CheckText(blank, TextBytesMax); code != CodeBadRequest {
			t.Errorf("%+q may be sent: %q", blank, code)
		}
		if blank != "" && ValidEmoji(blank) {
			t.Errorf("%+q may be a reaction", blank)
		}
	}
	for _, text := range []string{
		"a", "é", "e\u0301", "☺️", "1️⃣", "🏴\U000e0067\U000e0062\U000e007f", "👩‍👩‍👧", "我", "ا", "ก", "が", "한", "א", "·", "―", ".", "\u200ba\u200b", "\u202ea", "\ufffd", "\ue000", "🇩🇪", "ー", "ः क",
	} {
		if Blank(text) {
			t.Errorf("%+q is blank", text)
		}
	}
}

func TestCleanName(t *testing.T) {
	family := "👩‍👩‍👧‍👦"
	for name, want := range map[string]string{
		"Ada":                                   "Ada",
		"Ada  Lovelace":                         "Ada  Lovelace",
		"  Ada ":                                "Ada",
		"Ada\nLovelace":                         "Ada Lovelace",
		"Ada\r\n\tLovelace":                     "Ada Lovelace",
		"Ada \n Lovelace":                       "Ada  Lovelace",
		"Ada\u2028Lovelace\u2029":               "Ada Lovelace",
		"\x00A\x1b[31mda\x7f":                   "A [31mda",
		"Ada\u0085":                             "Ada",
		"\u202eadA":                             "adA",
		"A\u2066d\u2069a\u202c":                 "Ada",
		"A\u200bd\ufeffa\u00ad":                 "Ada",
		"a\xffb":                                "ab",
		"Ada \ufffd":                            "Ada", // half a character, from a cut name
		"نرگس\u200cها":                          "نرگس\u200cها",
		"עדה\u200f":                             "עדה\u200f",
		"\u200b\u2060":                          "",
		"Ada\u3164\u2800":                       "Ada",
		"क्\u200dष\u0301":                       "क्\u200dष\u0301",
		"\u3164":                                "",
		"\u0301":                                "",
		"\n":                                    "",
		family:                                  family,
		"🏴\U000e0067\U000e007f":                 "🏴\U000e0067\U000e007f",
		strings.Repeat("x", 256):                strings.Repeat("x", 256),
		strings.Repeat("x", 300):                strings.Repeat("x", 256),
		strings.Repeat("é", 200):                strings.Repeat("é", 128),
		"x" + strings.Repeat("é", 200):          "x" + strings.Repeat("é", 127),
		strings.Repeat("x", 255) + "e\u0301":    strings.Repeat("x", 255),
		strings.Repeat("x", 240) + family + "y": strings.Repeat("x", 240),
		strings.Repeat("x", 254) + "  y":        strings.Repeat("x", 254),
		"z" + strings.Repeat("\u0301", 300):     "z" + strings.Repeat("\u0301", 127),
		strings.Repeat("x", 250) + "👍🏽" + "yyyyyyyyy": strings.Repeat("x", 250),
	} {
		got := CleanName(name, 256)
		if got != want {
			t.Errorf("%+q: %+q, want %+q", name, got, want)
		}
		if CleanName(got, 256) != got {
			t.Errorf("%+q: cleaned twice it is %+q", got, CleanName(got, 256))
		}
	}
}

// FuzzCleanName checks that a cleaned name can be shown, is within its bounds, and is stable.
func FuzzCleanName(f *testing.F) {
	f.Add("Ada\n\u202e\xff", 10)
	f.Fuzz(func(t *testing.T, name string, bytesMax int) {
		if bytesMax < 0 || bytesMax > 1000 {
			return
		}
		clean := CleanName(name, bytesMax)
		if len(clean) > bytesMax || !utf8.ValidString(clean) || strings.ContainsFunc(clean, unicode.IsControl) || clean != CleanName(clean, bytesMax) {
			t.Errorf("%+q: %+q", name, clean)
		}
	})
}
