package word

import (
	"slices"
	"strings"
)

// Query asks for texts that match all of its parts.
type Query []Any

// Any asks for any one of its phrases.
type Any []Phrase

// Phrase asks for terms that follow each other.
type Phrase []Term

// Term asks for a term, or for terms with that beginning.
type Term struct {
	Text   string
	Prefix bool
}

// Parse parses a query: all words, the last one as the beginning of a word. A query of white space asks for nothing,
// and finds nothing.
func Parse(text string) Query {
	text = strings.ToValidUTF8(text, "\ufffd")
	f := fold(text, false)
	chunks := chunksOf(f.runes)
	var spelled [][]item
	if f.spelled {
		if spelled = chunksOf(fold(text, true).runes); len(spelled) != len(chunks) {
			spelled = nil
		}
	}
	var q Query
	for n, chunk := range chunks {
		part := alternatives(chunk, n == len(chunks)-1)
		if spelled != nil {
			part = append(part, alternatives(spelled[n], n == len(chunks)-1)...)
		}
		q = q.with(part)
	}
	return q
}

// with adds a part, unless the query has it.
func (q Query) with(part Any) Query {
	var different Any
	for _, p := range part {
		if !slices.ContainsFunc(different, func(d Phrase) bool { return slices.Equal(d, p) }) {
			different = append(different, p)
		}
	}
	same := func(other Any) bool { return slices.EqualFunc(other, different, slices.Equal[Phrase]) }
	if slices.ContainsFunc(q, same) {
		return q
	}
	return append(q, different)
}

// chunksOf returns the chunks of a query without the punctuation of sentences, which also separates chunks. It keeps a
// query of punctuation only.
func chunksOf(text []rune) (chunks [][]item) {
	var signs [][]item
	scan(text, func(chunk []item) {
		chunk = slices.Clone(chunk)
		switch {
		case hasWord(chunk):
		case slices.ContainsFunc(chunk, func(i item) bool { return !isPunctuation(i) }): // as "+"
			chunks = append(chunks, chunk)
			return
		default:
			signs = append(signs, chunk)
			return
		}
		chunk = chunk[:trailing(chunk)]
		from := 0
		for at := range chunk {
			if parts(chunk, at) {
				chunks = appendStripped(chunks, chunk[from:at])
				from = at + 1
			}
		}
		chunks = appendStripped(chunks, chunk[from:])
	})
	if len(chunks) == 0 {
		return signs
	}
	return chunks
}

// parts reports whether people who write the symbol at a place begin another word after it.
func parts(chunk []item, at int) bool {
	if !isPunctuation(chunk[at]) || at == 0 || at == len(chunk)-1 {
		return false
	}
	before, after := chunk[at-1].kind, chunk[at+1].kind
	switch chunk[at].runes[0] {
	case '.', ':', '-', '\'', '·', '*':
		return before == grams || after == grams
	}
	return before != digits || after != digits
}

// appendStripped appends a chunk without the punctuation around it. Punctuation before a word may belong to the word,
// as in ".net" and ":D".
func appendStripped(chunks [][]item, chunk []item) [][]item {
	chunk = chunk[:trailing(chunk)]
	for len(chunk) > 0 && isPunctuation(chunk[0]) {
		if (chunk[0].is('.') || chunk[0].is(':')) && len(chunk) > 1 && chunk[1].isWord() {
			break
		}
		chunk = chunk[1:]
	}
	if len(chunk) == 0 {
		return chunks
	}
	return append(chunks, chunk)
}

// alternatives returns all ways in which a text may contain a chunk.
func alternatives(chunk []item, last bool) (all Any) {
	all = append(all, phrase(chunk, last))
	if len(chunk) == 1 && chunk[0].isWord() {
		word := chunk[0].runes
		if len(word) >= partMin {
			all = append(all, Phrase{{Text: within + cut(word, partMax), Prefix: len(word) < partMax}})
		}
		if word[0] >= 0x0600 && word[0] <= 0x06ff {
			if noun := article(word); noun != nil {
				all = append(all, Phrase{wanted(noun, last)})
			}
		}
	}
	whole(chunk, func(word []rune) {
		length := 0
		for _, i := range chunk {
			if i.isWord() {
				length += len(i.runes)
			}
		}
		if length == len(word) { // the chunk has nothing else
			all = append(all, Phrase{wanted(word, last)})
		}
	})
	return all
}

// phrase returns the terms of a chunk in order.
func phrase(chunk []item, last bool) (p Phrase) {
	if len(chunk) == 1 && chunk[0].isWord() {
		return Phrase{wanted(chunk[0].runes, last)}
	}
	for n, i := range chunk {
		end := n == len(chunk)-1
		switch i.kind {
		case grams:
			for at := range len(i.runes) - 1 {
				p = append(p, Term{Text: string(i.runes[at : at+2])})
			}
			if !end || len(i.runes) == 1 {
				p = append(p, Term{Text: string(i.runes[len(i.runes)-1:]), Prefix: end})
			}
		case symbol:
			p = append(p, Term{Text: string(sign(i.runes[0]))})
		default:
			p = append(p, Term{Text: cut(i.runes, wordMax), Prefix: end && last})
		}
	}
	return p
}

// wanted returns the term of a word, or of the beginning of one.
func wanted(word []rune, beginning bool) Term {
	switch {
	case !beginning:
		return Term{Text: cut(word, wordMax)}
	case len(word) == 1:
		return Term{Text: first1 + string(word)}
	case len(word) == 2:
		return Term{Text: first2 + string(word)}
	}
	return Term{Text: cut(word, wordMax), Prefix: true}
}

// Match reports whether a text with these terms matches the query. An index of words does that faster.
func (q Query) Match(index string) bool {
	terms := strings.Fields(index)
	for _, part := range q {
		if !slices.ContainsFunc(part, func(p Phrase) bool { return p.in(terms) }) {
			return false
		}
	}
	return len(q) > 0
}

func (p Phrase) in(terms []string) bool {
	for at := 0; at+len(p) <= len(terms); at++ {
		matches := true
		for n, t := range p {
			have := terms[at+n]
			if have != t.Text && !(t.Prefix && strings.HasPrefix(have, t.Text)) {
				matches = false
				break
			}
		}
		if matches {
			return len(p) > 0
		}
	}
	return false
}
