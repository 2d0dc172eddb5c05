package store

import (
	"slices"
	"strings"
	"unicode"

	"hallway/protocol"
	"hallway/relay/hub"
)

// searchQuery finds messages by an expression of FTS4 (?4), each as it is now.
// The index may lag behind the messages: one deleted meanwhile has no text.
const searchQuery = `
	SELECT ` + messageColumns + ` FROM
		(SELECT docid FROM search WHERE search MATCH ?4 AND docid BETWEEN (?1 << 32) + 1 AND (?1 << 32) + ?2) CROSS JOIN messages
	WHERE room = ?1 AND seq = docid - (?1 << 32) AND text <> ''
	ORDER BY docid DESC LIMIT ?3`

const (
	// seqMax is the last seq that the index has a place for.
	seqMax = 1<<32 - 1
	// searchWordsMax bounds the work for one search; more different words find
	// nothing.
	searchWordsMax = 64
)

// search finds the messages of q.Words.
func (v *view) search(q hub.Query) ([]protocol.Message, bool, error) {
	match := expression(q.Words)
	if match == "" || q.At < 0 {
		return nil, false, nil
	}
	last := min(below(q.At)-1, seqMax)
	share := q.PageShare()
	rows, err := v.stmt(v.read.search).QueryContext(v.ctx, v.key, last, share.Messages()+1, match)
	if err != nil {
		return nil, false, err
	}
	return v.scan(rows, share)
}

// expression is what FTS4 is asked for: each word in quotes, where no character
// of a word means anything to it, and the last as a prefix; "": nothing can be
// found.
func expression(query string) string {
	words := strings.FieldsFunc(query, func(r rune) bool { return !inWord(r) && !unicode.IsMark(r) })
	words = slices.DeleteFunc(words, func(word string) bool { return !strings.ContainsFunc(word, inWord) })
	if len(words) == 0 {
		return ""
	}
	whole, prefix := words[:len(words)-1], words[len(words)-1]+"*"
	slices.Sort(whole)
	words = append(slices.Compact(whole), prefix)
	if len(words) > searchWordsMax {
		return ""
	}
	return `"` + strings.Join(words, `" "`) + `"`
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
