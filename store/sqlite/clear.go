package sqlite

import (
	"time"

	"hallway/relay/rules"
	"hallway/store/row"
)

const (
	// clearTime limits the time that a batch spends on clears: messages are not ordered by sender, and other ops must
	// not wait while a long room is read.
	clearTime = 2 * time.Millisecond
	// clearSpan limits the messages that are read between two checks of the clock.
	clearSpan = 256
	// clearedKeptMax limits the remembered positions of unfinished clears.
	clearedKeptMax = 1000
)

// clear turns the user's next messages into tombstones until its time is over, and reports whether some are left. The
// first clear of a batch always advances by a span or a message.
func (b *batch) clear(set *rules.Set, r *rules.Room, user string, makeTombstone func(*rules.Message)) (more bool) {
	if r.Made() {
		return false
	}
	who := sender{r.Epoch, user}
	at, end := b.cleared[who], r.Head // no message of the user is left up to at
	c := clearing{batch: b, set: set, room: r, user: user, makeTombstone: makeTombstone, began: b.clock(), spent: b.clearing}
	for moved := c.spent == 0; at < end && !more; moved = false {
		if !moved && c.over() {
			more = true
			break
		}
		if at, more = c.span(at); b.err != nil {
			return false
		}
	}
	b.clearing = max(b.clearing, 1, c.spent+b.clock().Sub(c.began))
	if !more {
		at = r.Head
	}
	if len(b.cleared) >= clearedKeptMax {
		clear(b.cleared)
	}
	b.cleared[who] = at
	return more
}

// clearing is a running clear.
type clearing struct {
	*batch
	set           *rules.Set
	room          *rules.Room
	user          string
	makeTombstone func(*rules.Message)
	began         time.Time
	spent         time.Duration // by earlier clears of the batch
	cleared       int
}

// over reports whether the time for clearing is used up.
func (c *clearing) over() bool {
	c.batch.clearing = c.spent + c.clock().Sub(c.began)
	return c.batch.clearing > clearTime
}

var (
	messageAt = writing(`SELECT ` + messageColumns + ` FROM messages WHERE room = ? AND seq = ?`)
	sentBy    = writing(`SELECT seq FROM messages
		WHERE room = ?1 AND seq > ?2 AND seq <= ?3 AND sender_id = ?4 AND deleted_at = 0 ORDER BY seq`)
)

// span turns the user's messages in the span after a position into tombstones. It returns the position up to which none
// is left, and whether the op must end.
func (c *clearing) span(at int64) (_ int64, ended bool) {
	to := at + clearSpan
	var seqs []int64
	c.err = c.query(sentBy, row.Into(&seqs, row.Value[int64]), c.room.Key, at, to, c.user)
	for _, seq := range seqs {
		if c.cleared == rules.ClearMax || c.cleared > 0 && c.over() {
			return seq - 1, true
		}
		m, err := scanMessage(c.stmt(messageAt).QueryRow(c.room.Key, seq), c.room.Name)
		if err == nil {
			c.makeTombstone(c.room.AddMessage(rules.Message{Message: m}))
			c.cleared++
			err = c.saveMessages(c.set)
			c.set.Messages = nil // they are saved
		}
		if err != nil {
			c.err = err
			return at, true
		}
	}
	return to, false
}
