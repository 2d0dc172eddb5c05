package word

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// gap separates two terms of a chunk. It is no term itself.
	gap = '\u0f0b'
	// joint is the zero-width non-joiner, with which Persian writes some words in two
	// parts.
	joint = '\u200c'
)

// folded is a text in the form in which texts are compared.
type folded struct {
	runes []rune
	// spelled reports whether the text has a letter that may also be written as two, such as "ä".
	spelled bool
	spell   bool // write such letters as two
	compose bool // the text has characters that belong together
}

// fold folds a text. If spell is set, "ä" becomes "ae", and so on.
func fold(text string, spell bool) folded {
	f := folded{runes: make([]rune, 0, len(text)), spell: spell}
	for at := 0; at < len(text); {
		if c := text[at]; c < utf8.RuneSelf {
			f.ascii(rune(c))
			at++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		f.add(r, text[at:at+size])
		at += size
	}
	if f.compose {
		f.runes = []rune(norm.NFC.String(string(f.runes)))
	}
	return f
}

func (f *folded) ascii(r rune) {
	switch {
	case 'A' <= r && r <= 'Z':
		r += 'a' - 'A'
	case r < ' ' || r == 0x7f:
		r = ' '
	case r == '`':
		r = '\''
	}
	f.runes = append(f.runes, r)
}

// add folds a character that is not ASCII; text is its encoding.
func (f *folded) add(r rune, text string) {
	switch {
	case isHangul(r) || isHan(r):
		f.runes = append(f.runes, r)
		return
	case r == '´': // its decomposition is a space
		f.runes = append(f.runes, '\'')
		return
	case unicode.Is(unicode.No, r): // 3½ is not 31/2
		f.runes = append(f.runes, gap)
	}
	decomposed := norm.NFKD.PropertiesString(text).Decomposition()
	if decomposed == nil {
		f.fold(r)
		return
	}
	for len(decomposed) > 0 {
		r, size := utf8.DecodeRune(decomposed)
		f.fold(r)
		decomposed = decomposed[size:]
	}
}

// fold folds a character that cannot be decomposed.
func (f *folded) fold(r rune) {
	switch {
	case r < utf8.RuneSelf:
		f.ascii(r)
		return
	case unicode.IsMark(r):
		f.mark(r)
		return
	case unicode.Is(unicode.Cf, r):
		if r == joint && len(f.runes) > 0 && unicode.Is(unicode.Arabic, f.runes[len(f.runes)-1]) {
			f.runes = append(f.runes, joint)
		}
		return
	case isInvisible(r):
		return
	case unicode.IsSpace(r) || unicode.Is(unicode.Z, r) || unicode.IsControl(r) || r == '\u2800' || r == '\u1361':
		f.runes = append(f.runes, ' ')
		return
	}
	if unicode.IsDigit(r) {
		f.runes = append(f.runes, digit(r))
		return
	}
	r = unicode.ToLower(unicode.ToUpper(r)) // also for letters with two lower-case forms, such as the Greek sigma
	switch {
	case 'ァ' <= r && r <= 'ヶ' || r == 'ヽ' || r == 'ヾ':
		r -= 'ァ' - 'ぁ'
	case 0x1100 <= r && r <= 0x11ff: // parts of Korean syllables
		f.compose = true
	}
	if f.respell(r) {
		return
	}
	if plain, ok := plain[r]; ok {
		f.runes = append(f.runes, []rune(plain)...)
		return
	}
	f.nasal(r)
	f.runes = append(f.runes, r)
}

// nasal replaces a nasal before a letter of its row in Devanagari by the point that stands for any nasal, because
// people write a word in both ways.
func (f *folded) nasal(next rune) {
	const nasals, point, joiner = "ङञणनम", '\u0902', '\u094d'
	n := len(f.runes)
	if next < 'क' || next > 'भ' || n < 2 || f.runes[n-1] != joiner {
		return
	}
	row := strings.IndexRune(nasals, f.runes[n-2]) / len("ङ")
	first := []rune("कचटतप")[max(row, 0)]
	if strings.ContainsRune(nasals, f.runes[n-2]) && first <= next && next < first+4 {
		f.runes = append(f.runes[:n-2], point)
	}
}

// respell writes a letter as two, if people do so.
func (f *folded) respell(r rune) bool {
	if r != 'ø' {
		return false
	}
	f.spelled = true
	if f.spell {
		f.runes = append(f.runes, 'o', 'e')
	}
	return f.spell
}

// mark folds a combining mark: accents and points are removed, vowels and joiners stay.
func (f *folded) mark(r rune) {
	last := rune(0)
	if len(f.runes) > 0 {
		last = f.runes[len(f.runes)-1]
	}
	second := rune(0)
	switch {
	case r == '\u0308' && strings.ContainsRune("aou", last):
		second = 'e'
	case r == '\u030a' && last == 'a':
		second = 'a'
	}
	if second != 0 {
		f.spelled = true
		if f.spell {
			f.runes = append(f.runes, second)
		}
		return
	}
	switch {
	case r == '\u0901': // nasal vowels in Devanagari, which many people write with another point
		r = '\u0902'
	case r == '\u20e3': // a keycap
	case isAccent(r):
		return
	default:
		f.compose = true
	}
	f.runes = append(f.runes, r)
}

// isAccent reports whether texts are compared without a mark. These marks are the points of Hebrew, Arabic and Syriac,
// the nukta of India's scripts, and marks above, below or across a letter; beside a letter, in Buginese and Tai Tham,
// they are vowels.
func isAccent(r rune) bool {
	if unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Me, r) || r == '\u034f' {
		return true
	}
	if 0x1a00 <= r && r <= 0x1aaf {
		return false
	}
	var text [utf8.UTFMax]byte
	switch class := norm.NFD.Properties(utf8.AppendRune(text[:0], r)).CCC(); {
	case class == 1 || class == 7:
		return true
	case 10 <= class && class <= 36:
		return true
	default:
		return class >= 200
	}
}

// isInvisible reports whether a search ignores a character that is not a format character: fillers, skin colours, and
// the dot between foreign words in Japanese.
func isInvisible(r rune) bool {
	switch r {
	case '\u0640', '\u115f', '\u1160', '\u17b4', '\u17b5', '・':
		return true
	}
	return 0x1f3fb <= r && r <= 0x1f3ff
}

// digit returns a decimal digit as ASCII. In Unicode each script's ten digits are consecutive, from zero on.
func digit(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return '0' + (r-rune(t.Lo))%10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return '0' + (r-rune(t.Lo))%10
		}
	}
	return r
}

func isHangul(r rune) bool { return 0xac00 <= r && r <= 0xd7a3 }

// isHan reports whether a character is a common Chinese one.
func isHan(r rune) bool { return 0x3400 <= r && r <= 0x9fff }
