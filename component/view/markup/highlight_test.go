package markup

import (
	"strings"
	"testing"
)

// shownOf returns the pieces as a text, with matches in brackets.
func shownOf(pieces []Piece) string {
	var text strings.Builder
	for _, p := range pieces {
		if p.Kind == PieceMark {
			p.Text = "[" + p.Text + "]"
		}
		text.WriteString(p.Text)
	}
	return text.String()
}

func TestFoundWordsAreMarked(t *testing.T) {
	for _, tc := range []struct{ text, words, want string }{
		{"Doors open at nine.", "open", "Doors [open] at nine."},
		{"Doors opened at nine, reopened at ten", "open", "Doors [opened] at nine, re[open]ed at ten"},
		{"Doors open, doorstep", "door open", "Doors [open], doorstep"}, // only the last term may match the beginning of a word
		{"open the door", "door OPEN", "[open] the [door]"},
		{"Größe größer", "GRÖSS größ", "[Größe] [größer]"},
		{"ÉTÉ été", "été", "[ÉTÉ] [été]"},
		{"a\u0301b a", "a\u0301", "[a\u0301b] a"},
		{"what is not there", "other", "what is not there"},
		{"a-b c", "a-b", "[a]-[b] c"},
		{"text", " ", "text"},
		{"我在北京工作，北京很大", "北京", "我在[北京]工作，[北京]很大"},
		{"我在Google工作", "google 工", "我在[Google][工]作"},
		{"서울에서 회의", "서울 회의", "[서울]에서 [회의]"},
		{"ผมทำงาน", "ทำ", "ผม[ทำ]งาน"},
		{"Im Jahresversammlungsraum", "Versammlung", "Im Jahres[versammlung]sraum"},
		{"Heart", "art", "Heart"},
		{"We use C++, not Cobol or C", "C++", "We use [C++], not Cobol or C"},
		{"ask @ada, ada", "@ada", "ask [@ada], ada"},
		{"see foo_bar and 1.2.3.", "foo_bar 1.2.3", "see [foo_bar] and [1.2.3]."},
		{"great 👍🏽", "👍", "great [👍]🏽"},
		{"الكتاب والقلم", "كتاب قلم", "ال[كتاب] وال[قلم]"},
		{"plain, (text)!", "\"plain\" text.", "[plain], ([text])!"},
		{"<b>bold</b> &amp;", "<b> &amp", "[<b>]bold</b> [&amp];"},
		{"", "a", ""},
	} {
		if got := shownOf(Highlight(tc.text, tc.words, strings.EqualFold)); got != tc.want {
			t.Errorf("%q in %q: %q, want %q", tc.words, tc.text, got, tc.want)
		}
	}
}

func TestFoundTextIsCutAroundTheWord(t *testing.T) {
	long := strings.Repeat("über viele wörter ", 60)
	got := shownOf(Highlight(long+"here "+long, "here", strings.EqualFold))
	if !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") || !strings.Contains(got, " [here] ") {
		t.Errorf("%q", got)
	}
	before, _, _ := strings.Cut(got, "[here]")
	if len(before) > foundBefore+len("…") || len(before) < foundBefore/2 || len(got) > foundBytesMax+len("……[]") {
		t.Errorf("%d bytes, %d before the word", len(got), len(before))
	}
	if strings.ToValidUTF8(got, "?") != got || !strings.HasPrefix(before, "…") {
		t.Errorf("%q", got)
	}
	if got := shownOf(Highlight(long, "nowhere", strings.EqualFold)); !strings.HasPrefix(got, "über") || len(got) > foundBytesMax+len("…") {
		t.Errorf("%q", got)
	}
}

// TestFoundBeginnings checks words that the browser compares as equal although their lengths differ.
func TestFoundBeginnings(t *testing.T) {
	same := func(a, b string) bool {
		plain := func(s string) string { return strings.NewReplacer("ß", "ss", "œ", "oe").Replace(strings.ToLower(s)) }
		return plain(a) == plain(b)
	}
	for _, tc := range []struct{ text, words, want string }{
		{"Die Straße", "strass", "Die [Straße]"}, {"Die STRASSE", "straß", "Die [STRASSE]"}, {"Straßen", "strasse", "[Straßen]"},
		{"Son œuvre", "oeuv", "Son [œuvre]"}, {"Son oeuvre", "œuv", "Son [oeuvre]"}, {"strand", "straß", "strand"},
	} {
		if got := shownOf(Highlight(tc.text, tc.words, same)); got != tc.want {
			t.Errorf("%q in %q: %q, want %q", tc.words, tc.text, got, tc.want)
		}
	}
}

// FuzzFoundIsWhatWasSaid checks for all words that the hit shows a part of the text, and that no match is empty.
func FuzzFoundIsWhatWasSaid(f *testing.F) {
	for _, seed := range [][2]string{{"Doors open", "open"}, {"我在北京工作", "京工"}, {"a\u0301\u0301b", "\u0301 a"}, {"C++ \xff", "+ \xff"}, {"ẞ ss ﬁ", "SS fi"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, words string) {
		text = strings.ToValidUTF8(text, "?")
		var shown strings.Builder
		for _, p := range Highlight(text, words, strings.EqualFold) {
			if p.Text == "" || strings.ToValidUTF8(p.Text, "?") != p.Text {
				t.Fatalf("%q in %q: the piece %q", words, text, p.Text)
			}
			shown.WriteString(p.Text)
		}
		if got := strings.TrimSuffix(strings.TrimPrefix(shown.String(), "…"), "…"); !strings.Contains(text, got) && !strings.Contains(text, strings.Trim(got, "…")) {
			t.Fatalf("%q in %q shows %q", words, text, got)
		}
	})
}
