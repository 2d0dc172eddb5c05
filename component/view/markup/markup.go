package markup

import (
	"strings"
	"unicode/utf8"
)

// Span is a part of a message's text with one look.
type Span struct {
	Kind SpanKind
	Text string // Plain, Code, Block, Link and Mention: the text
	Head string // Block: the name of its language; "": none
	Href string // Link: the address
	In   []Span // Bold and Italic: the content
	Mine bool   // Mention: it names the user
}

// SpanKind is the look of a span.
type SpanKind uint8

// The kinds of spans, with their marks.
const (
	Plain   SpanKind = iota
	Bold             // *bold*
	Italic           // _italic_
	Code             // `code`
	Block            // ```fenced code```, over several lines
	Link             // an address
	Mention          // the name of a user or of everybody: see ParseMarked
)

// spansDepthMax bounds the nesting of bold and italic. Deeper marks stay text.
const spansDepthMax = 4

const fence = "```"

// Parse returns the spans of a message's text. There is no invalid markup: it removes only pairs of marks, and everything
// else stays text. It takes linear time.
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
			before := strings.TrimSuffix(text[:open], "\n") // a block is on separate lines
			spans = append(spans, parseLine(before, 0)...)
			spans = append(spans, Span{Kind: Block, Text: code, Head: head})
			rest = strings.TrimPrefix(rest, "\n")
		}
		text = rest
	}
	return append(spans, parseLine(text, 0)...)
}

// blockCode returns the code between two fences, without the line breaks next to them, and the name of its language if
// the first line is such a name. Any other first line belongs to the code.
func blockCode(inside string) (head, code string) {
	if first, rest, ok := strings.Cut(inside, "\n"); ok && (first == "" || isLanguage(first)) {
		head, inside = first, rest
	}
	return head, strings.TrimSuffix(inside, "\n")
}

// codeLanguages holds the names of languages that may follow a fence.
const codeLanguages = " bash c c# c++ cpp cs css dart diff dockerfile go golang graphql html ini java javascript js json jsx " +
	"kotlin kt lua makefile markdown md objc perl php powershell ps1 py python r rb rs ruby rust scala scss sh shell sql " +
	"swift toml ts tsx typescript vue xml yaml yml zsh "

func isLanguage(name string) bool {
	return !strings.Contains(name, " ") && strings.Contains(codeLanguages, " "+strings.ToLower(name)+" ")
}

// parseLine returns the spans of a text without fences.
func parseLine(s string, depth int) []Span {
	p := parser{text: s, depth: depth}
	for p.at < len(s) {
		if p.at >= p.noLink && strings.HasPrefix(s[p.at:], "://") {
			p.noLink = p.at + len("://") + tailLength(s[p.at+len("://"):], 0) // the end of an address that does not become a link
		}
		if !p.code() && !p.link() && !p.emphasis() {
			_, size := utf8.DecodeRuneInString(s[p.at:])
			p.at += size
		}
	}
	p.flush(len(s))
	return p.spans
}

// parser is the state of parseLine.
type parser struct {
	text  string
	depth int
	at    int
	plain int // the end of the text that is in spans already
	spans []Span
	// Before these indices no such mark closes emphasis, and no link begins. So each search runs only once.
	noBold, noItalic, noLink int
}

// flush adds a span with the text between the last span and end.
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

// emphasisEnd returns the end of the emphasis that the mark at an index opens. If no mark closes it, emphasisEnd returns
// the end of the line and false.
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
			if s[i-1] == s[at] { // the address begins inside of the emphasis
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

// codeEnd returns the end of the `code` that begins at an index.
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

// startsCode reports whether code may begin after a rune. After other runes the mark is an apostrophe or a part of a
// face.
func startsCode(before rune) bool {
	switch {
	case isWord(before):
		return spaceless(before)
	case before < utf8.RuneSelf:
		return before != '\\'
	}
	return beside(before, "")
}
