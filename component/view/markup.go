package view

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// span is a piece of a message's text: what it says, and how it looks.
type span struct {
	kind spanKind
	text string // of spanText, spanCode, spanBlock and spanLink
	href string // of spanLink
	in   []span // of spanBold and spanItalic
}

type spanKind uint8

const (
	spanText   spanKind = iota
	spanBold            // *bold*
	spanItalic          // _italic_
	spanCode            // `code`
	spanBlock           // ```fenced code```, over several lines
	spanLink            // an address
)

// spansDepthMax bounds how deep bold and italic are put into each other; what is
// deeper stays as it was written.
const spansDepthMax = 4

const fence = "```"

// parseText takes a message's text apart. What it does not understand stays text:
// there is no wrong markup. The time it takes grows with the text's length only.
func parseText(text string) []span {
	var spans []span
	for {
		open := strings.Index(text, fence)
		if open < 0 {
			break
		}
		inside, rest, closed := strings.Cut(text[open+len(fence):], fence)
		if !closed {
			break
		}
		code := blockCode(inside)
		if strings.TrimSpace(code) == "" {
			spans = append(spans, span{text: text[:len(text)-len(rest)]})
		} else {
			before := strings.TrimSuffix(text[:open], "\n") // a block stands on lines of its own
			spans = append(spans, parseLine(before, 0)...)
			spans = append(spans, span{kind: spanBlock, text: code})
			rest = strings.TrimPrefix(rest, "\n")
		}
		text = rest
	}
	return append(spans, parseLine(text, 0)...)
}

// blockCode is the code between two fences, without the line breaks next to them
// and without the name of a language after the first.
func blockCode(inside string) string {
	if first, rest, ok := strings.Cut(inside, "\n"); ok && !strings.ContainsFunc(first, notInLanguage) {
		inside = rest
	}
	return strings.TrimSuffix(inside, "\n")
}

func notInLanguage(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("+-#.", r)
}

// parseLine takes apart text without fences.
func parseLine(s string, depth int) []span {
	p := parser{text: s, depth: depth}
	for p.at < len(s) {
		if !p.code() && !p.link() && !p.emphasis() {
			_, size := utf8.DecodeRuneInString(s[p.at:])
			p.at += size
		}
	}
	p.flush(len(s))
	return p.spans
}

// parser is where parseLine is.
type parser struct {
	text  string
	depth int
	at    int
	plain int // up to here all is in spans
	spans []span
	// Until there, no delimiter of this kind closes anything: so that it is not
	// looked for again and again.
	noBold, noItalic int
}

// flush makes what lies between the last span and end a span.
func (p *parser) flush(end int) {
	if p.plain < end {
		p.spans = append(p.spans, span{text: p.text[p.plain:end]})
	}
}

func (p *parser) add(s span, end int) {
	p.flush(p.at)
	p.spans = append(p.spans, s)
	p.at, p.plain = end, end
}

func (p *parser) code() bool {
	end, ok := codeEnd(p.text, p.at)
	if ok {
		p.add(span{kind: spanCode, text: p.text[p.at+1 : end-1]}, end)
	}
	return ok
}

func (p *parser) link() bool {
	end, ok := linkEnd(p.text, p.at)
	if ok {
		address := p.text[p.at:end]
		p.add(span{kind: spanLink, text: address, href: address}, end)
	}
	return ok
}

func (p *parser) emphasis() bool {
	mark := p.text[p.at]
	kind, none := spanBold, &p.noBold
	switch mark {
	case '*':
	case '_':
		kind, none = spanItalic, &p.noItalic
	default:
		return false
	}
	if p.depth == spansDepthMax || p.at < *none || !opens(p.text, p.at) {
		return false
	}
	end, ok := emphasisEnd(p.text, p.at)
	if !ok {
		*none = end
		return false
	}
	inside := p.text[p.at+1 : end-1]
	p.add(span{kind: kind, in: parseLine(inside, p.depth+1)}, end)
	return true
}

// emphasisEnd finds where what a mark opens ends; if nothing closes it, the end of
// its line.
func emphasisEnd(s string, at int) (end int, ok bool) {
	for i := at + 1; i < len(s); {
		if s[i] == '\n' {
			return i, false
		}
		if s[i] == s[at] && i > at+1 && closes(s, i) {
			return i + 1, true
		}
		if end, ok := codeEnd(s, i); ok {
			i = end
		} else if end, ok := linkEnd(s, i); ok {
			i = end
		} else {
			i++
		}
	}
	return len(s), false
}

// opens reports whether the mark at a place may open: a word follows, and it is
// not inside of one (as in snake_case or 2*3*4).
func opens(s string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	after, size := utf8.DecodeRuneInString(s[at+1:])
	return size > 0 && !unicode.IsSpace(after) && after != rune(s[at]) && (at == 0 || !inWord(before) && before != rune(s[at]))
}

func closes(s string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	after, size := utf8.DecodeRuneInString(s[at+1:])
	return !unicode.IsSpace(before) && before != rune(s[at]) && (size == 0 || !inWord(after) && after != rune(s[at]))
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// codeEnd finds the end of the `code` that begins at a place.
func codeEnd(s string, at int) (end int, ok bool) {
	if s[at] != '`' {
		return 0, false
	}
	length := strings.IndexAny(s[at+1:], "`\n")
	if length <= 0 || s[at+1+length] != '`' {
		return 0, false
	}
	return at + length + 2, true
}
