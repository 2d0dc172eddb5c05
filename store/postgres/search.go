package postgres

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
	"hallway/store/word"
)

const (
	// blockBits sets the number of messages in a block of a room: a query of the index collects the hits of one block,
	// so a frequent word in a long room costs no more than the room's newest blocks.
	blockBits = 15
	// searchTermsMax bounds the work of one search; a search with more terms finds nothing. All queries that the
	// protocol allows stay below it.
	searchTermsMax = 1024
)

// termPrefix returns the beginning of all terms of a block of a room.
func termPrefix(key, block int64) string {
	return strconv.FormatInt(key, 36) + "." + strconv.FormatInt(block, 36) + "."
}

// lexemes returns the terms of a text in the form of the index.
func lexemes(key, seq int64, text string) []string {
	terms := strings.Fields(word.Index(text))
	prefix := termPrefix(key, seq>>blockBits)
	for i, term := range terms {
		terms[i] = prefix + term
	}
	return terms
}

// expression returns a query as a tsquery, for a block of a room. Terms contain no character with a meaning inside
// quotes. A phrase asks for its terms in any order: searchIn compares the found texts.
func expression(q word.Query, prefix string) string {
	var all strings.Builder
	for i, part := range q {
		all.WriteString([]string{"(", " & ("}[min(i, 1)])
		for n, phrase := range part {
			all.WriteString([]string{"(", " | ("}[min(n, 1)])
			for n, term := range phrase {
				all.WriteString([]string{"", " & "}[min(n, 1)] + "'" + prefix + term.Text + "'")
				if term.Prefix {
					all.WriteString(":*")
				}
			}
			all.WriteByte(')')
		}
		all.WriteByte(')')
	}
	return all.String()
}

// searchable reports whether a query has terms, and not too many. exact reports that no term must follow another.
func searchable(q word.Query) (some, exact bool) {
	terms := 0
	exact = true
	for _, part := range q {
		for _, phrase := range part {
			terms += len(phrase)
			exact = exact && len(phrase) == 1
			if len(phrase) == 0 {
				return false, false
			}
		}
		if len(part) == 0 {
			return false, false
		}
	}
	return terms > 0 && terms <= searchTermsMax, exact
}

// searchBlock reads the present messages for hits of the index ($5). The index may be behind the messages: a deleted
// one has no text.
var searchBlock = strings.Replace(pageOf, `%s`, `SELECT m.* FROM (SELECT seq FROM search WHERE terms @@ $5::tsquery) AS hit
	JOIN messages m ON m.room = r.key AND m.seq = hit.seq WHERE hit.seq < $2 AND m.text <> '' ORDER BY m.seq DESC LIMIT $3`, 1)

// search finds the messages of q.Words, block by block, the newest first.
func (s reader) search(ctx context.Context, room, user string, q rules.Query) (page protocol.Page, err error) {
	if err := s.searchable(); err != nil {
		return page, err
	}
	tx, err := s.readers.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return page, err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	var key int64
	err = tx.QueryRow(ctx, `SELECT key, epoch, head FROM rooms WHERE name = $1`, room).Scan(&key, &page.Epoch, &page.Head)
	if errors.Is(err, pgx.ErrNoRows) {
		return page, nil
	}
	words := word.Parse(q.Words)
	some, exact := searchable(words)
	if err != nil || !some || q.At < 0 {
		return page, err
	}
	share := q.PageShare()
	at := min(row.Below(q.At), page.Head+1)
	for block := (at - 1) >> blockBits; block >= 0 && !page.More; block-- {
		err := s.searchIn(ctx, tx, &page, &share, words, exact, hits{room: room, user: user, key: key, block: block, below: at})
		if err != nil {
			return page, err
		}
	}
	return page, nil
}

// hits selects the messages that a search reads: those of a block below a seq.
type hits struct {
	room, user        string
	key, block, below int64
}

// searchIn adds the hits of a block to the page.
func (s reader) searchIn(ctx context.Context, tx pgx.Tx, page *protocol.Page, share *rules.PageShare, words word.Query, exact bool, h hits) error {
	match := expression(words, termPrefix(h.key, h.block))
	for {
		limit := share.Messages() + 1
		if !exact {
			limit = protocol.PageMessagesMax // some hits may not match
		}
		rows, err := tx.Query(ctx, searchBlock, h.room, h.below, limit, h.user, match)
		if err != nil {
			return err
		}
		v := newView(h.room)
		found := 0
		for rows.Next() && !page.More {
			m, ok, err := v.next(rows)
			if err != nil || !ok {
				if err != nil {
					rows.Close()
					return err
				}
				continue
			}
			found++
			h.below = m.Seq
			if !exact && !words.Match(word.Index(m.Text)) {
				continue
			}
			if page.More = !share.Take(m.Size()); !page.More {
				page.Messages = append(page.Messages, m)
			}
		}
		rows.Close()
		if err := rows.Err(); err != nil || page.More || found < limit {
			return err
		}
	}
}
