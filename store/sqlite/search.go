package sqlite

import (
	"strings"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
	"hallway/store/word"
)

// searchQuery finds messages by an expression of FTS4 (?4), in their present state. The index may be behind the
// messages: a deleted one has no text.
const searchQuery = `
	SELECT ` + messageColumns + ` FROM
		(SELECT docid FROM search WHERE search MATCH ?4 AND docid BETWEEN (?1 << 32) + 1 AND (?1 << 32) + ?2) CROSS JOIN messages
	WHERE room = ?1 AND seq = docid - (?1 << 32) AND text <> ''
	ORDER BY docid DESC LIMIT ?3`

const (
	// seqMax is the highest seq that the index can hold.
	seqMax = 1<<32 - 1
	// searchTermsMax bounds the work of one search; a search with more terms finds nothing. All queries that the
	// protocol allows stay below it.
	searchTermsMax = 1024
)

var searchHits = reading(searchQuery)

// search finds the messages of q.Words.
func (v *view) search(q rules.Query) ([]protocol.Message, bool, error) {
	match := expression(word.Parse(q.Words))
	if match == "" || q.At < 0 {
		return nil, false, nil
	}
	last := min(row.Below(q.At)-1, seqMax)
	share := q.PageShare()
	rows, err := v.stmt(searchHits).QueryContext(v.ctx, v.key, last, share.Messages()+1, match)
	if err != nil {
		return nil, false, err
	}
	return v.scan(rows, share)
}

// expression returns a query in FTS4's language: each phrase in quotes, inside which only a star has a meaning; terms
// contain no star. It returns "" for a query that finds nothing.
func expression(q word.Query) string {
	var all strings.Builder
	terms := 0
	for _, part := range q {
		for n, phrase := range part {
			all.WriteString([]string{` (`, ` OR `}[min(n, 1)])
			all.WriteByte('"')
			for n, term := range phrase {
				if n > 0 {
					all.WriteByte(' ')
				}
				all.WriteString(term.Text)
				if term.Prefix {
					all.WriteByte('*')
				}
				terms++
			}
			all.WriteByte('"')
		}
		all.WriteByte(')')
	}
	if terms > searchTermsMax {
		return ""
	}
	return strings.TrimPrefix(all.String(), " ")
}
