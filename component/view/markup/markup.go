package markup

import (
	"strings"
	"unicode/utf8"
)

// Span is a piece of a message's text: what it says, and how it looks.
type Span struct {
	Kind SpanKind
	Text string // of Plain, Code, Block and Link
	Head string // of Block: the line after the first fence, which names a language; "": none does
	Href string // of Link
	In   []Span // of Bold and Italic
}

type SpanKind uint8

const (
	Plain  SpanKind = iota
	Bold            // *bold*
	Italic          // _italic_
	Code            // `code`
	Block           // ```fenced code```, over several lines
	Link            // an address
)

// spansDepthMax bounds how deep bold and italic are put into each other; what is
// deeper stays as it was written.
const spansDepthMax = 4

const fence = "```"

// Parse takes a message's text apart. What it does not understand stays text:
// there is no wrong markup, and nothing is left out but the marks themselves, in pairs. The
// time it takes grows with the text's length only.
func Parse(text string) []Span {
	var spans []Span
	for {
		open := strings.Index(text, fence)
		if open < 0 {
			break
		}
		mark := text[open : len(text)-len(strings.TrimLeft(text[open:], "`"))]
		inside, rest, closed := strings.Cut(text[open+len(mark):], mark)
		if !closed {
			break
		}
		head, code := blockCode(inside)
		if strings.TrimSpace(code) == "" {
			spans = append(spans, Span{Text: text[:len(text)-len(rest)]})
		} else {
			before := strings.TrimSuffix(text[:open], "\n") // a block stands on lines of its own
			spans = append(spans, parseLine(before, 0)...)
			spans = append(spans, Span{Kind: Block, Text: code, Head: head})
			rest = strings.TrimPrefix(rest, "\n")
		}
		text = rest
	}
	return append(spans, parseLine(text, 0)...)
}

// blockCode returns the code between two fences, without the line breaks next to them, and
// the line before it that names a language. Another first line is of the code.
func blockCode(inside string) (head, code string) {
	if first, rest, ok := strings.Cut(inside, "\n"); ok && (first == "" || isLanguage(first)) {
		head, inside = first, rest
	}
	return head, strings.TrimSuffix(inside, "\n")
}

// languages of code, as people name them after a fence.
const codeLanguages = " bash c c# c++ cpp cs css dart diff dockerfile go golang graphql html ini java javascript js json jsx " +
	"kotlin kt lua makefile markdown md objc perl php powershell ps1 py python r rb rs ruby rust scala scss sh shell sql " +
	"swift toml ts tsx typescript vue xml yaml yml zsh "

func isLanguage(name string) bool {
	return !strings.Contains(name, " ") && strings.Contains(codeLanguages, " "+strings.ToLower(name)+" ")
}

// parseLine takes apart text without fences.
func parseLine(s string, depth int) []Span {
	p := parser{text: s, depth: depth}
	for p.at < len(s) {
		if p.at >= p.noLink && strings.HasPrefix(s[p.at:], "://") {
			p.noLink = p.at + len("://") + tailLength(s[p.at+len("://"):], 0) // an address that is no link
		}
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
	spans []Span
	// Until there, no mark of this kind closes anything: so that it is not looked for again
	// and again. And no link begins.
	noBold, noItalic, noLink int
}

// flush makes what lies between the last span and end a span.
func (p *parser) flush(end int) {
	if p.plain < end {
		p.spans = append(p.spans, Span{Text: p.text[p.plain:end]})
	}
}

func (p *parser) add(s Span, end int) {
	p.flush(p.at)
	p.spans = append(p.spans, s)
	p.at, p.plain = end, end
}

func (p *parser) code() bool {
	end, ok := codeEnd(p.text, p.at)
	if ok {
		p.add(Span{Kind: Code, Text: p.text[p.at+1 : end-1]}, end)
	}
	return ok
}

func (p *parser) link() bool {
	if p.at < p.noLink {
		return false
	}
	a, ok := addressAt(p.text, p.at)
	if ok {
		p.add(Span{Kind: Link, Text: a.text, Href: a.href}, a.end)
	}
	return ok
}

func (p *parser) emphasis() bool {
	mark := p.text[p.at]
	kind, none := Bold, &p.noBold
	switch mark {
	case '*':
	case '_':
		kind, none = Italic, &p.noItalic
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
	if isFace(inside) || inPath(p.text, p.at, end) {
		return false
	}
	p.add(Span{Kind: kind, In: parseLine(inside, p.depth+1)}, end)
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
		} else if a, ok := addressAt(s, i); ok {
			i = a.end
			if s[i-1] == s[at] { // the address began within
				i--
			}
			if i < len(s) && s[i] == s[at] && closesLink(s, i) {
				return i + 1, true
			}
			i = a.end
		} else {
			i++
		}
	}
	return len(s), false
}

// codeEnd finds the end of the `code` that begins at a place.
func codeEnd(s string, at int) (end int, ok bool) {
	if s[at] != '`' {
		return 0, false
	}
	if before, size := utf8.DecodeLastRuneInString(s[:at]); size > 0 && !startsCode(before) {
		return 0, false
	}
	length := strings.IndexAny(s[at+1:], "`\n")
	if length <= 0 || s[at+1+length] != '`' {
		return 0, false
	}
	return at + length + 2, true
}

// startsCode reports whether code may begin behind a rune: else its mark is an apostrophe, or a
// part of a face.
func startsCode(before rune) bool {
	switch {
	case IsWord(before):
		return spaceless(before)
	case before < utf8.RuneSelf:
		return before != '\\'
	}
	return beside(before, "")
}
