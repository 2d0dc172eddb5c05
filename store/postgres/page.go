package postgres

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
)

// Each page is one statement, and so one snapshot. It takes a room ($1), a position ($2), a limit ($3) and a user ($4),
// and returns a row without a message if there are no messages. It looks up the user's own reactions only if the
// message has reactions.
const (
	pageOf = `SELECT r.epoch, r.head, m.seq IS NOT NULL, CASE WHEN m.reactions <> '' AND $4 <> '' THEN
			(SELECT array_agg(emoji) FROM reactions WHERE room = r.key AND seq = m.seq AND user_id = $4 AND rev > 0) END, 0, ` + pageColumns + `
		FROM rooms r LEFT JOIN LATERAL (%s) AS m ON true WHERE r.name = $1`
	pageColumns = `coalesce(m.id, ''), coalesce(m.seq, 0), coalesce(m.rev, 0), coalesce(m.sender_id, ''), coalesce(m.sender_name, ''),
		coalesce(m.sender_role, ''), coalesce(m.created_at, 0), coalesce(m.sent_at, ''), coalesce(m.text, ''), coalesce(m.more, ''),
		coalesce(m.reply_to, ''), coalesce(m.edited_at, 0), coalesce(m.deleted_at, 0), coalesce(m.pinned, false), coalesce(m.reactions, '')`
	older = `SELECT * FROM messages WHERE room = r.key AND seq < $2 ORDER BY seq DESC LIMIT $3`
	newer = `SELECT * FROM messages WHERE room = r.key AND seq > $2 ORDER BY seq LIMIT $3`
	from  = `SELECT * FROM messages WHERE room = r.key AND seq >= $2 ORDER BY seq LIMIT $3`
	// Unchanged messages are read by their seq, changed ones by the index of revs.
	since = `SELECT * FROM ((SELECT * FROM messages WHERE room = r.key AND seq > $2 AND rev = seq ORDER BY seq LIMIT $3) UNION ALL
		(SELECT * FROM messages WHERE room = r.key AND rev > $2 AND rev <> seq ORDER BY rev LIMIT $3)) AS changed ORDER BY rev LIMIT $3`
	pinned = `SELECT * FROM messages WHERE room = r.key AND pinned AND seq < $2 ORDER BY seq DESC LIMIT $3`
	// around takes the message's id ($5) or, if it is empty, the position, and the limits of the two sides ($3, $6).
	around = `(SELECT 0 AS side, * FROM messages WHERE room = r.key AND seq < at.seq ORDER BY seq DESC LIMIT $3) UNION ALL
		(SELECT 1 AS side, * FROM messages WHERE room = r.key AND seq >= at.seq ORDER BY seq LIMIT $6)`
)

var (
	pageQueries = map[rules.QueryKind]string{
		rules.QueryNewest: fmt.Sprintf(pageOf, older), rules.QueryBefore: fmt.Sprintf(pageOf, older), rules.QueryAfter: fmt.Sprintf(pageOf, newer),
		rules.QuerySince: fmt.Sprintf(pageOf, since), rules.QueryPinned: fmt.Sprintf(pageOf, pinned),
	}
	aroundQuery = strings.Replace(strings.Replace(fmt.Sprintf(pageOf, around), `END, 0,`, `END, coalesce(m.side, 0),`, 1), `FROM rooms r`,
		`FROM rooms r CROSS JOIN LATERAL (SELECT CASE WHEN $5 = '' THEN $2 ELSE (SELECT seq FROM messages WHERE id = $5 AND room = r.key) END AS seq) AS at`, 1)
)

// Page reads a part of a room's history; see [rules.Store].
func (s reader) Page(ctx context.Context, room, user string, q rules.Query) (protocol.Page, error) {
	page, err := s.page(ctx, room, user, q)
	if err != nil {
		return protocol.Page{}, fmt.Errorf("read a page: %w", explain(err))
	}
	return page, nil
}

func (s reader) page(ctx context.Context, room, user string, q rules.Query) (page protocol.Page, err error) {
	if q.Limit < 1 || q.Limit > protocol.PageMessagesMax {
		return page, fmt.Errorf("limit %d is not 1…%d", q.Limit, protocol.PageMessagesMax)
	}
	share := q.PageShare()
	at := q.At
	switch q.Kind {
	case rules.QueryNewest:
		at = math.MaxInt64
	case rules.QueryPinned:
		at = row.Below(at)
	case rules.QueryAround:
		return s.around(ctx, room, user, q)
	case rules.QuerySearch:
		return s.search(ctx, room, user, q)
	case rules.QueryBefore, rules.QueryAfter, rules.QuerySince:
	default:
		return page, fmt.Errorf("unknown kind of query %d", q.Kind)
	}
	v := newView(room)
	rows, err := s.readers.Query(ctx, pageQueries[q.Kind], room, at, share.Messages()+1, user)
	if err != nil {
		return page, err
	}
	page.Messages, page.More, err = v.take(rows, &share)
	page.Epoch, page.Head = v.epoch, v.head
	if q.Kind == rules.QueryNewest || q.Kind == rules.QueryBefore {
		slices.Reverse(page.Messages)
	}
	return page, err
}

// view reads the rows of a page.
type view struct {
	room  string
	epoch string
	head  int64
	side  int  // the side of the row: 0 before, 1 from on
	there bool // the row has a message
	mine  []string
	row   *messageRow
}

func newView(room string) *view {
	v := &view{room: room}
	v.row = newMessageRow(&v.epoch, &v.head, &v.there, &v.mine, &v.side)
	return v
}

// next reads a row. ok is false if it has no message.
func (v *view) next(rows pgx.Rows) (m protocol.Message, ok bool, err error) {
	v.mine = nil
	if m, err = v.row.read(rows.Scan, v.room); err != nil || !v.there {
		return m, false, err
	}
	for _, r := range m.Reactions { // in the order of the summary
		if slices.Contains(v.mine, r.Emoji) {
			m.Mine = append(m.Mine, r.Emoji)
		}
	}
	return m, true, nil
}

// take reads as many messages as fit from rows, which it closes, and whether more follow.
func (v *view) take(rows pgx.Rows, share *rules.PageShare) (messages []protocol.Message, more bool, err error) {
	defer rows.Close()
	for rows.Next() {
		m, ok, err := v.next(rows)
		if err != nil {
			return nil, false, err
		}
		if !ok {
			continue
		}
		if !share.Take(m.Size()) {
			return messages, true, nil
		}
		messages = append(messages, m)
	}
	return messages, false, rows.Err()
}

// around reads half of the page before q.At, or the message q.ID, and the other half from it on. If one side has fewer
// messages, the other does not get more.
func (s reader) around(ctx context.Context, room, user string, q rules.Query) (page protocol.Page, err error) {
	before, from := q.Halves()
	sides := [2]*rules.PageShare{&before, &from}
	var messages [2][]protocol.Message
	more := [2]bool{}
	v := newView(room)
	rows, err := s.readers.Query(ctx, aroundQuery, room, q.At, before.Messages()+1, user, q.ID, from.Messages()+1)
	if err != nil {
		return page, err
	}
	defer rows.Close()
	for rows.Next() {
		m, ok, err := v.next(rows)
		if err != nil {
			return page, err
		}
		if !ok || more[v.side] {
			continue
		}
		if more[v.side] = !sides[v.side].Take(m.Size()); !more[v.side] {
			messages[v.side] = append(messages[v.side], m)
		}
	}
	slices.Reverse(messages[0])
	page = protocol.Page{
		Epoch: v.epoch, Head: v.head, Messages: append(messages[0], messages[1]...),
		MoreBefore: &more[0], MoreAfter: &more[1], More: more[0] || more[1],
	}
	return page, rows.Err()
}
