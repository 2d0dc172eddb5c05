package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// hostLength returns the length of the host at the beginning of a text, or 0. A name ends where a word of another script
// follows without a space: "example.com是" names example.com.
func hostLength(s string) int {
	if strings.HasPrefix(s, "[") {
		return ipv6Length(s)
	}
	end, label := 0, 0
	for end < len(s) {
		r, size := utf8.DecodeRuneInString(s[end:])
		if end == 0 && !IsLetterOrDigit(r) {
			return 0
		}
		if r == '.' || r == '-' || r == '_' {
			size = joinLength(s[end:])
		} else if !isWord(r) || invisible(r) {
			size = 0
		}
		if size == 0 {
			break
		}
		if r == '.' {
			label = end + 1
		}
		end += size
	}
	if label < end && s[label] < utf8.RuneSelf {
		if cut := strings.IndexFunc(s[label:end], goesOnInText); cut > 0 {
			return label + cut
		}
	}
	return end
}

// joinLength returns the length of a dot or of hyphens at the beginning of a text, if a letter or a digit of the same
// host follows.
func joinLength(s string) int {
	n := 1
	if s[0] != '.' {
		for n < len(s) && (s[n] == '-' || s[n] == '_') {
			n++
		}
	}
	if after, _ := utf8.DecodeRuneInString(s[n:]); IsLetterOrDigit(after) || s[0] == '.' && after == '_' {
		return n
	}
	return 0
}

// goesOnInText reports whether a letter after a name in ASCII belongs to the following text. Letters that look like Latin
// letters belong to the name.
func goesOnInText(r rune) bool { return scriptOf(r) >= scriptHebrew }

// ipv6BytesMax bounds an IPv6 address in brackets.
const ipv6BytesMax = 47

func ipv6Length(s string) int {
	end := strings.IndexByte(s[:min(len(s), ipv6BytesMax)], ']')
	if end < 0 || strings.Count(s[:end], ":") < 2 || strings.Trim(s[1:end], "0123456789abcdefABCDEF:.") != "" {
		return 0
	}
	return end + 1
}

// compatibles holds the letters, digits and signs that a browser replaces by others when it looks up a host:
// superscripts, phonetic, mathematical, circled and full-width characters.
var compatibles = [...][2]rune{
	{0xAA, 0xAA}, {0xB2, 0xB3}, {0xB9, 0xBA}, {0x02B0, 0x02FF}, {0x1D00, 0x1DBF}, {0x2070, 0x209F},
	{0x2100, 0x218F}, {0x2460, 0x24FF}, {0x2C7C, 0x2C7D}, {0x3130, 0x318F}, {0x3200, 0x33FF}, {0xF900, 0xFDFF},
	{0xFE70, 0xFEFE}, {0xFF10, 0xFF19}, {0xFF21, 0xFF3A}, {0xFF41, 0xFF5A}, {0xFF66, 0xFFDC}, {0x1D400, 0x1D7FF}, {0x1F100, 0x1F1E5},
}

// compatible reports whether compatibles contains a rune. A host with such a rune never becomes a link.
func compatible(r rune) bool {
	for _, c := range &compatibles {
		if c[0] <= r && r <= c[1] {
			return true
		}
	}
	return false
}

// invisible reports whether a character is invisible, or only changes the order of others.
func invisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || r == 0x034F || r == 0x115F || r == 0x1160 || r == 0x17B4 || r == 0x17B5 ||
		0x180B <= r && r <= 0x180F || r == 0x2800 || r == 0x3164 || 0xFE00 <= r && r <= 0xFE0F || r == 0xFFA0 || 0xE0000 <= r && r < 0xE1000
}

// hostLookalikes holds characters that look like the signs in an address, or that a browser replaces by such a
// sign.
const hostLookalikes = "\u2044\u2215\u29f8\u29f5\u2571\u2572\u3033\u1735\uff0f\uff3c\u2024\u0701\u0702\uff0e\uff61\ufe52\uff20\ufe6b\uff05\uff3f"

// endsHost reports whether a host may end before rest. The rest must not begin with a character that a browser or a
// reader would add to the host.
func endsHost(host, rest string) bool {
	r, size := utf8.DecodeRuneInString(rest)
	if size == 0 {
		return true
	}
	after, _ := utf8.DecodeRuneInString(rest[size:])
	switch {
	case r == '@' || r == '%' || r == utf8.RuneError || compatible(r):
		return false
	case r == '\uff0e' || r == '\uff61':
		return !isWord(after)
	case r == '。':
		return after >= utf8.RuneSelf || !isWord(after) || strings.Contains(host, ".")
	case strings.ContainsRune(hostLookalikes, r):
		return false
	case invisible(r):
		next, n := utf8.DecodeRuneInString(strings.TrimLeftFunc(rest, invisible))
		return n == 0 || unicode.IsSpace(next) || next >= utf8.RuneSelf && !isWord(next) && endsHost(host, string(next))
	}
	return true
}

// shownHost returns the shown form of a host: unchanged, or in Punycode if it could be mistaken for another host. ok is
// false for a host that must not become a link.
func shownHost(host string) (shown string, ok bool) {
	if !strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return host, true
	}
	if strings.ContainsFunc(host, compatible) {
		return "", false
	}
	labels := strings.Split(host, ".")
	if readable(labels) {
		return host, true
	}
	for i, label := range labels {
		labels[i] = asciiLabel(label)
	}
	return strings.Join(labels, "."), true
}

// readable reports whether a reader can distinguish a host from others: no label mixes scripts that are never mixed, or
// looks like a Latin label under a Latin top-level domain.
func readable(labels []string) bool {
	var plain uint64 // the scripts of the labels that do not look Latin
	top := script(0)
	last := len(labels) - 1
	for i, label := range labels {
		is, mixed := labelScript(label)
		if mixed {
			return false
		}
		if !looksLatin(label, is, i == last) {
			plain |= 1 << is
		}
		top = is
	}
	if looksLatin(labels[last], top, true) {
		top = scriptNone
	}
	for i, label := range labels {
		is, _ := labelScript(label)
		if looksLatin(label, is, i == last) && (plain&(1<<is) == 0 || i < last && is != top) {
			return false
		}
	}
	return true
}

// The groups of scripts that are written together.
const (
	writtenInJapan = 1<<scriptHan | 1<<scriptKana
	writtenInKorea = 1<<scriptHan | 1<<scriptHangul
	writtenInChina = 1<<scriptHan | 1<<scriptBopomofo
)

// labelScript returns the script of a label, or one of several scripts that are written together. mixed says whether the
// label mixes other scripts.
func labelScript(label string) (is script, mixed bool) {
	var all uint64
	var before rune
	for i, r := range label {
		s := scriptOf(r)
		if s == scriptOther {
			return s, true
		}
		if s != scriptNone {
			all |= 1 << s
			is = s
		}
		if strings.ContainsRune("ノソゾンー一丨丶丿〇", r) { // it looks like a slash, a dash or a letter o, so only Latin beside it is suspicious
			after, _ := utf8.DecodeRuneInString(label[i+utf8.RuneLen(r):])
			if scriptOf(before) == scriptLatin && !spaceless(after) || scriptOf(after) == scriptLatin && !spaceless(before) {
				return s, true
			}
		}
		before = r
	}
	if all&(all-1) == 0 {
		return is, false
	}
	all &^= 1 << scriptLatin
	return is, all&^writtenInJapan != 0 && all&^writtenInKorea != 0 && all&^writtenInChina != 0
}

// SplitHost cuts an address before and after a host that is written from right to left. For any other host it returns ""
// as host.
func SplitHost(address string) (before, host, after string) {
	_, host, _ = strings.Cut(address, "//")
	before = address[:len(address)-len(host)]
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host, after = host[:end], host[end:]
	}
	if !strings.ContainsFunc(host, func(r rune) bool { s := scriptOf(r); return s == scriptHebrew || s == scriptArabic }) {
		host = ""
	}
	return before, host, after
}
