package word

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var samples = []string{
	"Doors open at nine", "Größe Ελλάς 我在北京，工作。 ni\u0308ne", "C++, C# & .NET (node.js)!", "l'école e-mail U.S.A. don´t", "3½ 10² v1.2.3 €5 10%",
	"والكتابُ الأوّل می\u200cخواهم", "הַבַּיִת צה\"ל", "ﾊﾞﾅﾅ カー ㅎㅏㄴ 서울에서", "क़लम ज़रूर", "น้ำ ກິນ ខ្ញុំ\u200bនៅ", "👩‍💻👍🏽 1️⃣ 🇩🇪", "ada@example.org https://a.b/c_d?x=%20",
	"a\x00b\xff \u0301 \u0489x x\u200dy", "ẞ ﬁ İ ﷺ ½ ٣ Ⅻ 𝒜𝔸", "?! ... :) -> \"*\" (", "Jahresversammlungsräume", "\u3099\u0f0b\u2800・\u20e3",
}

// FuzzFind checks that a text is found by its own words and their beginnings, that a long word is found by its parts,
// and that no term has a meaning to a database.
func FuzzFind(f *testing.F) {
	for n, s := range samples {
		f.Add(s, uint8(n), uint8(n+2), uint8(n*3))
	}
	f.Fuzz(func(t *testing.T, text string, from, to, cut uint8) {
		if len(text) > 1000 {
			return
		}
		text = strings.ToValidUTF8(text, "\ufffd")
		index := Index(text)
		plainTerms(t, index)
		chunks := strings.Fields(text)
		if len(chunks) == 0 {
			return
		}
		first := int(from) % len(chunks)
		last := min(first+int(to)%4, len(chunks)-1)
		finds(t, text, index, strings.Join(chunks[first:last+1], " "))
		if !strings.Contains(norm.NFD.String(text), "\u0345") { // a mark whose upper case is a letter
			finds(t, text, index, strings.ToUpper(norm.NFD.String(chunks[first])))
		}
		finds(t, text, index, norm.NFC.String(chunks[first]))

		// The beginning of the last word.
		piece := []rune(strings.Join(chunks[first:last+1], " "))
		end := len(piece) - int(cut)%len([]rune(chunks[last]))
		if end < len(piece) && isPlainLetter(piece[end]) && isPlainLetter(piece[end-1]) {
			finds(t, text, index, string(piece[:end]))
		}
		scan(fold(text, false).runes, func(chunk []item) {
			for _, i := range chunk {
				if i.kind != letters && i.kind != grams || len(i.runes) > wordMax || slices.ContainsFunc(i.runes, unicode.IsMark) {
					continue
				}
				least := 1
				if i.kind == letters {
					if least = partMin; len(i.runes) < longMin {
						continue
					}
				}
				from := int(from) % (len(i.runes) - least + 1)
				to := from + least + int(cut)%(len(i.runes)-from-least+1)
				finds(t, text, index, string(i.runes[from:to]))
			}
		})
	})
}

func isPlainLetter(r rune) bool {
	return unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Arabic, unicode.Hebrew) && unicode.IsLetter(r) &&
		len(norm.NFKD.String(string(r))) == utf8.RuneLen(r)
}

func finds(t *testing.T, text, index, query string) {
	t.Helper()
	q := Parse(query)
	for _, part := range q {
		for _, p := range part {
			for _, term := range p {
				plainTerms(t, term.Text)
				if term.Text == "" || strings.Contains(term.Text, " ") {
					t.Fatalf("%q asks for the term %q", query, term.Text)
				}
			}
			if len(p) == 0 {
				t.Fatalf("%q asks for a phrase of nothing", query)
			}
		}
	}
	if len(q) > 0 && !q.Match(index) {
		t.Fatalf("%q, indexed as\n%q, is not found by %q, which is\n%v", text, index, query, q)
	}
}

// plainTerms fails if terms contain characters that a tokenizer may take for something else.
func plainTerms(t *testing.T, terms string) {
	t.Helper()
	for _, r := range terms {
		if r < utf8.RuneSelf && r != ' ' && (r < '0' || r > '9') && (r < 'a' || r > 'z') || r == utf8.RuneError && !strings.Contains(terms, "\ufffd") {
			t.Fatalf("%q has %q", terms, r)
		}
	}
	if strings.Contains(terms, "  ") || strings.TrimSpace(terms) != terms {
		t.Fatalf("%q has an empty term", terms)
	}
}

// TestBounds checks that the terms of extreme queries stay few.
func TestBounds(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("a", 8192), strings.Repeat("ä", 4096), strings.Repeat("\ufdfa", 2730), strings.Repeat("?", 8192), strings.Repeat("北", 2730),
		distinct(64), distinct(10), distinct(3), strings.ReplaceAll(distinct(6), " ", "-"), strings.Repeat("a-", 4096), strings.Repeat("a.", 4096), strings.Repeat("\u0301", 4096), strings.Repeat("ﷺ ", 2000),
	} {
		if n := len(Index(text)); n > 12*len(text) {
			t.Errorf("%.10q…: %d bytes are indexed as %d", text, len(text), n)
		}
		terms := 0
		for _, part := range Parse(text[:min(256, len(text))]) {
			for _, p := range part {
				terms += len(p)
			}
		}
		if terms > 1024 {
			t.Errorf("%.10q…: a query asks for %d terms", text, terms)
		}
	}
	if q := Parse(" \t\u2800\u200b"); len(q) != 0 || q.Match(Index("a")) {
		t.Errorf("nothing is %v", q)
	}
}

// distinct returns a text of maximum length whose words, of so many letters, have nothing in common.
func distinct(letters int) string {
	var text strings.Builder
	r := rand.New(rand.NewPCG(1, 2))
	for text.Len() < 8192-letters {
		for range letters {
			text.WriteByte('a' + byte(r.IntN(26)))
		}
		text.WriteByte(' ')
	}
	return text.String()
}

func BenchmarkIndex(b *testing.B) {
	for name, text := range map[string]string{
		"english": "The doors open at nine; coffee is at half past eight in the hall beside the stage.",
		"german":  "Die Jahreshauptversammlung beginnt pünktlich um neun im Versammlungsraum des Rathauses.",
		"longest": distinct(64),
		"chinese": "我们明天早上九点在北京国际会议中心开会，请大家准时参加。",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Index(text)
			}
		})
	}
}
