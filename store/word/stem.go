package word

import "strings"

const (
	// stemMin is the least length of the rest of a word; nounMin that after an article.
	stemMin, nounMin = 3, 2
)

// stems returns a word without its prefixes in Arabic and Hebrew: the article, "and", "in", "to", "as", alone or
// together.
func stems(word []rune) (all [][]rune) {
	one, two := "", "" // the possible first letter, and the second after it
	switch r := word[0]; {
	case 0x0600 <= r && r <= 0x06ff:
		if noun := article(word); noun != nil {
			return append(all, noun)
		}
		if one, two = "وفبلكس", "بلكس"; r != 'و' && r != 'ف' {
			two = ""
		}
	case 0x0590 <= r && r < 0x0600:
		one, two = "והבלכמש", "והבלכמש"
	}
	if strings.ContainsRune(one, word[0]) && len(word) > stemMin {
		all = append(all, word[1:])
		if strings.ContainsRune(two, word[1]) && len(word) > stemMin+1 {
			all = append(all, word[2:])
		}
	}
	return all
}

// article returns an Arabic word without its article and the prefixes before the article; nil: it has no article.
func article(word []rune) (noun []rune) {
	at := 0
	if word[0] == 'و' || word[0] == 'ف' {
		at++
	}
	switch rest := string(word[at:min(at+3, len(word))]); {
	case strings.HasPrefix(rest, "ال"), strings.HasPrefix(rest, "لل"):
		at += 2
	case rest == "بال" || rest == "كال":
		at += 3
	default:
		return nil
	}
	if noun = word[at:]; len(noun) < nounMin || string(noun) == "له" { // in the name of God
		return nil
	}
	return noun
}
