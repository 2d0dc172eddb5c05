package protocol

import (
	"testing"
	"unicode/utf8"
)

func TestCleanText(t *testing.T) {
	for text, want := range map[string]string{
		"plain\ttext\n":                "plain\ttext\n",
		"a\r\nb\rc\n\rd":               "a\nb\nc\n\nd",
		"a\vb\fc\u0085d\u2028e\u2029f": "a\nb\nc\nd\ne\nf",
		"\x1b[31mred\x1b[0m \x00\x07\x08\x7f\u0080\u009fx": "[31mred[0m x",
		"\x00\x1c\x1d\x1e\x1f":                             "",
		"":                                                 "",
		"é\u200d🎉\u200b\u202e":                             "é\u200d🎉\u200b\u202e",
	} {
		if got := CleanText(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// FuzzCleanText checks that a cleaned text is not refused for its characters, and does not change when it is cleaned
// again.
func FuzzCleanText(f *testing.F) {
	f.Add("a\r\n\v\u0085\u2028\x1b[0m")
	f.Fuzz(func(t *testing.T, text string) {
		clean := CleanText(text)
		if CleanText(clean) != clean {
			t.Fatalf("%q cleaned is %q, and again %q", text, clean, CleanText(clean))
		}
		code, why := CheckText("x"+clean, TextBytesMax)
		if utf8.ValidString(text) && code == CodeBadRequest {
			t.Fatalf("%q cleaned is %q, %s", text, clean, why)
		}
	})
}
