package markup

import (
	"strings"
	"unicode"
)

// script is a writing system, as the checks of hosts distinguish it.
type script uint8

const (
	scriptNone  script = iota // a digit, a hyphen or an accent, which occur in all scripts
	scriptOther               // unknown, or easy to mistake for another script
	scriptLatin
	scriptCyrillic
	scriptGreek
	scriptArmenian
	scriptHebrew
	scriptArabic
	scriptHan
	scriptKana
	scriptHangul
	scriptBopomofo
	scriptThai
	scriptLao
	scriptTibetan
	scriptMyanmar
	scriptGeorgian
	scriptEthiopic
	scriptKhmer
	scriptMongolian
	scriptIndic // the first of ten scripts with one block each
)

// indicFirst and indicLast bound the Indic blocks, from Devanagari to Sinhala.
const (
	indicFirst, indicLast = 0x0900, 0x0DFF
	indicBlock            = 0x80
)

// scriptRanges holds the letters of each script that names use. It leaves out letters that only look like others:
// phonetic, mathematical and full-width letters.
var scriptRanges = [...]struct {
	first, last rune
	is          script
}{
	{0x00C0, 0x00D6, scriptLatin}, {0x00D8, 0x00F6, scriptLatin}, {0x00F8, 0x0131, scriptLatin},
	{0x0134, 0x0137, scriptLatin}, {0x0139, 0x013E, scriptLatin}, {0x0141, 0x0148, scriptLatin},
	{0x014A, 0x017E, scriptLatin}, {0x01A0, 0x01A1, scriptLatin}, {0x01AF, 0x01B0, scriptLatin},
	{0x01CD, 0x01DC, scriptLatin}, {0x0218, 0x021B, scriptLatin}, {0x0259, 0x0259, scriptLatin},
	{0x1E00, 0x1E99, scriptLatin}, {0x1E9E, 0x1EF9, scriptLatin},
	{0x0300, 0x030C, scriptNone}, {0x0323, 0x0328, scriptNone}, // accents
	{0x0370, 0x03CE, scriptGreek}, {0x1F00, 0x1FFF, scriptGreek},
	{0x0400, 0x052F, scriptCyrillic},
	{0x0531, 0x0588, scriptArmenian},
	{0x05D0, 0x05EA, scriptHebrew},
	{0x0620, 0x064A, scriptArabic}, {0x0660, 0x0669, scriptArabic}, {0x066E, 0x0674, scriptArabic},
	{0x0679, 0x06FC, scriptArabic}, {0x0750, 0x077F, scriptArabic},
	{0x0E01, 0x0E4E, scriptThai}, {0x0E81, 0x0EDF, scriptLao}, {0x0F00, 0x0FBC, scriptTibetan},
	{0x1000, 0x109F, scriptMyanmar}, {0x10D0, 0x10FF, scriptGeorgian}, {0x1200, 0x137F, scriptEthiopic},
	{0x1780, 0x17E9, scriptKhmer}, {0x1810, 0x1878, scriptMongolian},
	{0x3005, 0x3007, scriptHan}, {0x3400, 0x4DBF, scriptHan}, {0x4E00, 0x9FFF, scriptHan}, {0x20000, 0x323AF, scriptHan},
	{0x3041, 0x309F, scriptKana}, {0x30A1, 0x30FA, scriptKana}, {0x30FC, 0x30FE, scriptKana},
	{0x3105, 0x312F, scriptBopomofo},
	{0x1100, 0x11FF, scriptHangul}, {0xAC00, 0xD7A3, scriptHangul},
}

// scriptOf returns the script of a letter, a mark or a digit.
func scriptOf(r rune) script {
	if r < 0x80 {
		if r |= 0x20; r < 'a' || r > 'z' {
			return scriptNone
		}
		return scriptLatin
	}
	if indicFirst <= r && r <= indicLast {
		return scriptIndic + script((r-indicFirst)/indicBlock)
	}
	for _, s := range &scriptRanges {
		if s.first <= r && r <= s.last {
			return s.is
		}
	}
	return scriptOther
}

// lookalikes holds the letters of each script that look like Latin letters: small letters, and capitals whose small
// letters do not.
var lookalikes = [scriptIndic + (indicLast-indicFirst)/indicBlock + 1]string{
	scriptCyrillic: "асԁеһіјӏорԛѕԝхуъьҽпгѵѡүҫҁԍ" + "ВКМНТ",
	scriptGreek:    "αβγεηικνορςστυχω" + "ΖΜ",
	scriptArmenian: "օոսհցգզքղյւաէլ" + "ՏՕՍ",
	scriptHebrew:   "דוחיןס",
	scriptGeorgian: "ჿ",
	scriptEthiopic: "ሀዐ",
	scriptMyanmar:  "ဝပင",
	scriptIndic + (0x0B00-indicFirst)/indicBlock: "ଠ୦",
	scriptIndic + (0x0D00-indicFirst)/indicBlock: "ഠ൦",
}

// looksLatin reports whether all letters of a label in one script look like Latin letters. For a top-level domain (top)
// it compares small letters: "сом" does not look like "com".
func looksLatin(label string, is script, top bool) bool {
	like := lookalikes[is]
	return like != "" && !strings.ContainsFunc(label, func(r rune) bool {
		return scriptOf(r) != scriptNone && !strings.ContainsRune(like, r) && !strings.ContainsRune(like, unicode.ToLower(r)) &&
			!(top && strings.ContainsRune(like, unicode.ToUpper(r)))
	})
}

// IsLetterOrDigit reports whether a rune is a letter or a digit.
func IsLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// spaceless reports whether a letter or mark belongs to a script that writes words, or words and their endings, without
// spaces between them.
func spaceless(r rune) bool {
	return 0x0E00 <= r && r < 0x10A0 || 0x1100 <= r && r < 0x1200 || 0x1780 <= r && r < 0x1800 ||
		0x2E80 <= r && r < 0xA000 || 0xAC00 <= r && r < 0xD800 || 0xF900 <= r && r < 0xFB00 ||
		0xFF66 <= r && r < 0xFFE0 || 0x1B000 <= r && r < 0x1B170 || 0x20000 <= r && r < 0x40000
}

// isWord reports whether a rune can be in a word: a letter, a digit, or a mark on one.
func isWord(r rune) bool { return IsLetterOrDigit(r) || unicode.IsMark(r) }
