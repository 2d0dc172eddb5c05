package word

import (
	"slices"
	"unicode"
)

// NamesVersion changes with the terms that NameTerms makes of some name.
const NamesVersion = 1

const (
	// nameTermsMax limits the words of a name by which it is found, nameTermMax the compared characters from each word
	// on.
	nameTermsMax, nameTermMax = 16, 64
)

// NameTerms returns the terms by which a name is found: the folded name from each of its words on, the whole name
// first. A query finds it if one of the terms begins with the query's NamePrefix. In scripts without spaces each
// character begins a word.
func NameTerms(name string) []string {
	f := fold(name, false)
	terms := nameTerms(f.runes)
	if f.spelled {
		for _, term := range nameTerms(fold(name, true).runes) {
			if !slices.Contains(terms, term) {
				terms = append(terms, term)
			}
		}
	}
	return terms
}

// NamePrefix returns the beginning of the terms that a query asks for; "" if it asks for none.
func NamePrefix(query string) string {
	words, _ := nameWords(fold(query, false).runes)
	return string(words[:min(len(words), nameTermMax)])
}

func nameTerms(folded []rune) (terms []string) {
	words, starts := nameWords(folded)
	for _, from := range starts[:min(len(starts), nameTermsMax)] {
		if term := string(words[from:min(len(words), from+nameTermMax)]); !slices.Contains(terms, term) {
			terms = append(terms, term)
		}
	}
	return terms
}

// nameWords returns the words of a folded name, separated by spaces, and the indexes where they begin.
func nameWords(folded []rune) (words []rune, starts []int) {
	before := space
	for _, r := range folded {
		k := kindOf(r)
		switch {
		case k == hidden || r == joint:
			continue
		case k != letters && k != digits && k != grams:
			k = space
		case before == space && len(words) > 0:
			words = append(words, ' ')
			fallthrough
		case len(words) == 0 || k == grams && !unicode.IsMark(r):
			starts = append(starts, len(words))
			fallthrough
		default:
			words = append(words, r)
		}
		before = k
	}
	return words, starts
}
