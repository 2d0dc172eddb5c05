package view

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// addressSchemes are the beginnings of addresses that can be clicked. No others
// ever become a link: one could run a program, or read a file.
var addressSchemes = [...]string{"https://", "http://", "mailto:"}

// addressBytesMax bounds an address: what is longer stays text.
const addressBytesMax = 2048

// linkEnd finds the end of the address that begins at a place of a text.
// Punctuation at its end belongs to the sentence around it.
func linkEnd(s string, at int) (end int, ok bool) {
	scheme := addressScheme(s[at:])
	if scheme == "" || !addressMayBegin(s[:at]) {
		return 0, false
	}
	address := s[at:min(len(s), at+addressBytesMax+1)]
	if stop := strings.IndexFunc(address, notInAddress); stop >= 0 {
		address = address[:stop]
	}
	if len(address) > addressBytesMax {
		return 0, false
	}
	address = trimSentence(address)
	if len(address) <= len(scheme) {
		return 0, false
	}
	rest := address[len(scheme):]
	if scheme == "mailto:" {
		user, domain, _ := strings.Cut(rest, "@")
		ok = user != "" && domain != ""
	} else {
		first, _ := utf8.DecodeRuneInString(rest)
		ok = inWord(first)
	}
	return at + len(address), ok
}

// addressScheme is the scheme that a text begins with, in whatever case.
func addressScheme(s string) string {
	for _, scheme := range addressSchemes {
		if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return scheme
		}
	}
	return ""
}

// addressMayBegin reports whether an address may follow a text: a word or an
// address that has already begun goes on.
func addressMayBegin(before string) bool {
	r, size := utf8.DecodeLastRuneInString(before)
	return size == 0 || unicode.IsSpace(r) || strings.ContainsRune("([{<\"'*_,;„“»«", r)
}

// notInAddress tells what ends an address: also what would show it in another
// order than it is followed in.
func notInAddress(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError ||
		strings.ContainsRune("<>\"`{}|\\^“”«»", r)
}

// trimSentence takes off what ends the sentence and not the address: a bracket only
// where the address has not opened it.
func trimSentence(address string) string {
	open := strings.Count(address, "(") - strings.Count(address, ")")
	for {
		last, size := utf8.DecodeLastRuneInString(address)
		switch {
		case size == 0:
			return address
		case last == ')' && open < 0:
			open++
		case !strings.ContainsRune(".,;:!?'*_]…", last):
			return address
		}
		address = address[:len(address)-size]
	}
}
