package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// addressSchemes holds the beginnings of addresses that become links. Other schemes could run a program or read a
// file.
var addressSchemes = [...]string{"https://", "http://", schemeMail, "www."}

const (
	schemeMail = "mailto:"
	// addressBytesMax bounds an address. A longer one stays text.
	addressBytesMax = 2048
)

// address is a link in a text.
type address struct {
	end        int // the end of the address in the text
	text, href string
}

// addressAt returns the address that begins at an index of a text. Its text shows where the link leads: a host that
// could be mistaken for another one is in Punycode, in the text and in the link. An address with user information does
// not become a link.
func addressAt(s string, at int) (a address, ok bool) {
	if c := s[at]; c >= utf8.RuneSelf || !isWord(rune(c)) || !addressMayBegin(s[:at]) {
		return a, false
	}
	rest := s[at:min(len(s), at+addressBytesMax+1)]
	scheme := addressScheme(rest)
	switch scheme {
	case "":
		a, ok = mailAddress(rest, 2)
		ok = ok && !mailGoesOn(s[:at])
		a.href = schemeMail + a.text
	case schemeMail:
		a, ok = mailAddress(rest[len(scheme):], 1)
		if tail := rest[len(scheme):][a.end:]; ok && strings.HasPrefix(tail, "?") {
			n := tailLength(tail, 0)
			a.text += tail[:n]
			a.end += n
		}
		a.text = rest[:len(scheme)] + a.text
		a.end += len(scheme)
		a.href = a.text
	default:
		quoted := byte(0)
		if at > 0 && s[at-1] == '\'' {
			quoted = '\''
		}
		a, ok = webAddress(rest, scheme, quoted)
		ok = ok && !isWrapped(s[:at]) && (scheme != "www." || !strings.HasSuffix(s[:at], ".") && !mailGoesOn(s[:at]))
	}
	if !ok || a.end > addressBytesMax {
		return address{}, false
	}
	a.end += at
	return a, true
}

// addressScheme returns the scheme that a text begins with, in upper or lower case, or "".
func addressScheme(s string) string {
	for _, scheme := range addressSchemes {
		if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return scheme
		}
	}
	return ""
}

// addressMayBegin reports whether an address may follow a text. It may not directly follow a Latin letter or a digit.
// In other scripts it may follow a word without a space.
func addressMayBegin(before string) bool {
	r, size := utf8.DecodeLastRuneInString(before)
	return size == 0 || !isWord(r) || r >= utf8.RuneSelf && scriptOf(r) > scriptLatin
}

// isWrapped reports whether a text ends with a scheme that precedes whole addresses and changes their
// meaning.
func isWrapped(before string) bool {
	for _, scheme := range [...]string{"view-source:", "blob:", "filesystem:"} {
		if n := len(before) - len(scheme); n >= 0 && strings.EqualFold(before[n:], scheme) {
			return true
		}
	}
	return false
}

// mailGoesOn reports whether the name of a mail address or a host starts before this point.
func mailGoesOn(before string) bool {
	if before == "" {
		return false
	}
	last := before[len(before)-1]
	if strings.IndexByte("@/\\", last) >= 0 {
		return true
	}
	r, size := utf8.DecodeLastRuneInString(before[:len(before)-1])
	return strings.IndexByte(mailSigns, last) >= 0 && size > 0 && (isWord(r) || r < utf8.RuneSelf && strings.ContainsRune(mailSigns, r))
}

// webAddress reads an address that begins with a scheme or "www.".
func webAddress(s, scheme string, quoted byte) (a address, ok bool) {
	from := len(scheme)
	if scheme == "www." {
		from = 0
	}
	host := s[from:][:hostLength(s[from:])]
	end := from + len(host)
	shown, ok := shownHost(host)
	if !ok || host == "" || hasUser(s[from:]) {
		return a, false
	}
	port := portLength(s[end:])
	end += port
	if port < 0 || !endsHost(host, s[end:]) || from == 0 && !inPublic(host, 3) {
		return a, false
	}
	n := 0
	if end < len(s) && strings.IndexByte("/?#", s[end]) >= 0 {
		n = tailLength(s[end:], quoted)
	}
	a.text = s[:from] + shown + s[end-port:end+n]
	a.href = a.text
	if from == 0 {
		a.href = "https://" + a.text
	}
	a.end = end + n
	return a, true
}

// userBytesMax bounds the search for user information. An address with longer user information ends before that,
// and leads to the shown host.
const userBytesMax = 256

// hasUser reports whether a text after a scheme begins with user information, which ends with an "@" before the path.
func hasUser(s string) bool {
	end := strings.IndexAny(s[:min(len(s), userBytesMax)], "/?#@ \n\t"+noAddress)
	return end >= 0 && s[end] == '@' && !strings.ContainsFunc(s[:end], func(r rune) bool { return r >= utf8.RuneSelf && !isWord(r) })
}

// portLength returns the length of the port at the beginning of a text, or -1 if the colon is followed by something
// else. Then the text is not an address.
func portLength(s string) int {
	if !strings.HasPrefix(s, ":") {
		return 0
	}
	n := 1
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	switch {
	case n == 1:
		return 0
	case n > len(":65535") || n < len(s) && s[n] < utf8.RuneSelf && isWord(rune(s[n])):
		return -1
	}
	return n
}

// inPublic reports whether a host has at least a number of labels and ends like a public domain. So versions, files and
// names of packages are not hosts.
func inPublic(host string, labels int) bool {
	dot := strings.LastIndexByte(host, '.')
	top := host[dot+1:]
	if strings.Count(host, ".") < labels-1 || utf8.RuneCountInString(top) < 2 || strings.EqualFold(top, "invalid") { // RFC 2606: never found
		return false
	}
	return !strings.ContainsFunc(top, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) ||
		strings.HasPrefix(strings.ToLower(top), punyPrefix)
}

// mailSigns holds the signs that the name of a mail address may contain.
const mailSigns = "._%+-"

// mailAddress reads a mail address whose host has at least a number of labels.
func mailAddress(s string, labels int) (a address, ok bool) {
	at := 0
	for at < len(s) && s[at] < utf8.RuneSelf && (isWord(rune(s[at])) || strings.IndexByte(mailSigns, s[at]) >= 0) {
		at++
	}
	if at == 0 || at == len(s) || s[at] != '@' || s[at-1] == '.' {
		return a, false
	}
	host := s[at+1:][:hostLength(s[at+1:])]
	end := at + 1 + len(host)
	shown, ok := shownHost(host)
	if !ok || host == "" || host[0] == '[' || labels > 1 && (!inPublic(host, labels) || isFile(host)) || !endsHost(host, s[end:]) {
		return a, false
	}
	if end < len(s) && (s[end] == '/' || s[end] == '\\' || s[end] == ':' && end+1 < len(s) && isWord(rune(s[end+1]))) {
		return a, false // as in git@example.org:path
	}
	return address{end: end, text: s[:at+1] + shown}, true
}

// isFile reports whether a name ends like the name of a picture: "logo@2x.png" is not an address.
func isFile(name string) bool {
	switch strings.ToLower(name[strings.LastIndexByte(name, '.')+1:]) {
	case "png", "jpg", "jpeg", "gif", "svg", "webp":
		return true
	}
	return false
}

// notInAddress reports whether a rune ends an address. Runes that change the direction of the text end it, too.
func notInAddress(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' || r == 0x7F || strings.IndexByte(noAddress, byte(r)) >= 0
	}
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError
}

// noAddress holds the signs that an address cannot contain.
const noAddress = "<>\"`|\\^"

// bracketsMax bounds the open brackets in an address.
const bracketsMax = 16

// tailLength returns the length of the path after an address's host. The path ends where a reader would end it: before
// the punctuation of the sentence, before a bracket without its pair, before the next address, and where other text
// follows without a space. If quoted is not 0, it also ends at that quotation mark.
func tailLength(s string, quoted byte) int {
	var opened [bracketsMax]int // places
	depth, end := 0, 0
	var before rune
	for end < len(s) {
		r, size := utf8.DecodeRuneInString(s[end:])
		if notInAddress(r) && !joins(before, s[end:]) || r == rune(quoted) && quoted != 0 {
			break
		}
		if r >= utf8.RuneSelf && !joins(before, s[end:]) && !inTail(before, r) {
			break
		}
		if (before == ',' || before == ';') && addressScheme(s[end:]) != "" {
			break
		}
		if i := strings.IndexRune("([{", r); i >= 0 {
			if depth == bracketsMax {
				break
			}
			opened[depth] = end
			depth++
		} else if i := strings.IndexRune(")]}", r); i >= 0 {
			if depth == 0 || s[opened[depth-1]] != "([{"[i] {
				break
			}
			depth--
		}
		before = r
		end += size
	}
	if depth > 0 {
		end = opened[0]
	}
	return len(trimTail(s[:end]))
}

// trimTail removes the punctuation of the sentence from the end of an address. It keeps a quotation mark if its pair is
// inside.
func trimTail(tail string) string {
	tail = strings.TrimRight(tail, ".,;:!?*"+tailSigns)
	if quoted, ok := strings.CutSuffix(tail, "'"); ok {
		if open := strings.LastIndexByte(quoted, '\''); open > 0 && !isWord(rune(quoted[open-1])) {
			return tail
		}
		return trimTail(quoted)
	}
	return tail
}

// tailSigns holds signs that an address may contain, but not at its end.
const tailSigns = "\u2010\u2013\u00b7\u2019\u30fb"

// inTail reports whether a rune outside of ASCII may continue an address.
func inTail(before, r rune) bool {
	if strings.ContainsRune(tailSigns, r) {
		return true
	}
	if !isWord(r) || compatible(r) {
		return false
	}
	return !spaceless(r) || before >= utf8.RuneSelf || !isWord(before) // otherwise the rune belongs to the text after the address
}

// joins reports whether a text begins with a joiner between two letters that need it.
func joins(before rune, s string) bool {
	const nonJoiner, joiner = "\u200c", "\u200d"
	if before < utf8.RuneSelf || !strings.HasPrefix(s, nonJoiner) && !strings.HasPrefix(s, joiner) {
		return false
	}
	after, _ := utf8.DecodeRuneInString(s[len(joiner):])
	return isWord(before) && after >= utf8.RuneSelf && isWord(after)
}
