package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"hallway/relay/rules"
)

const (
	// clearTime limits the time that a batch spends on clears: messages are not ordered by sender, and other ops must
	// not wait while a long room is read.
	clearTime = 5 * time.Millisecond
	// clearSpan limits the messages that are read between two checks of the clock.
	clearSpan = 1024
	// clearedKeptMax limits the remembered positions of unfinished clears.
	clearedKeptMax = 1000
)

const sentBy = `SELECT ` + messageColumns + ` FROM messages m WHERE room = $1 AND seq > $2 AND seq <= $3 AND sender_id = $4 AND deleted_at = 0
	ORDER BY seq LIMIT $5`

// clear turns the user's next messages into tombstones until its time is over, and reports whether some are left. The
// first clear of a batch always advances by a span.
func (b *batch) clear(r *rules.Room, user string, makeTombstone func(*rules.Message)) (more bool) {
	if r.Made() || b.err != nil {
		return false
	}
	who := sender{r.Epoch, user}
	at, ok := b.cleared[who] // no message of the user is left up to at; that stays true, whichever relay clears
	if !ok {
		at = b.s.cleared[who]
	}
	began, cleared := b.s.clock(), 0
	for first := b.clearing == 0; at < r.Head; first = false {
		if !first && b.clearing+b.s.clock().Sub(began) > clearTime {
			more = true
			break
		}
		found, err := b.sentBy(r, at, user, rules.ClearMax-cleared+1)
		if err != nil {
			b.err = err
			return false
		}
		to := at + clearSpan
		for _, m := range found {
			if cleared == rules.ClearMax {
				to, more = m.Seq-1, true
				break
			}
			cleared++
			makeTombstone(r.AddMessage(m))
		}
		if at = to; more {
			break
		}
	}
	b.clearing = max(b.clearing, 1, b.clearing+b.s.clock().Sub(began))
	b.cleared[who] = min(at, r.Head)
	return more
}

// sentBy reads some of the user's messages in the span after a position.
func (b *batch) sentBy(r *rules.Room, at int64, user string, limit int) (found []rules.Message, err error) {
	rows, err := b.conn.Query(b.ctx, sentBy, r.Key, at, at+clearSpan, user, limit)
	if err != nil {
		return nil, err
	}
	row := newMessageRow()
	_, err = pgx.ForEachRow(rows, row.into, func() error {
		m, err := row.message(r.Name)
		found = append(found, rules.Message{Message: m})
		return err
	})
	return found, err
}
