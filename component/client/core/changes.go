package core

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// changeKind is what a change does to a message.
type changeKind uint8

const (
	changeText changeKind = iota
	changeDelete
	changeReaction
	changePin
)

// change is something that the user has asked of a stored message. It ends when
// the message shows it, or the relay refuses it for good. To ask for it twice
// does no harm, unless what a lost connection delivers late comes after the
// user's next change of the same kind: then the earlier one stands.
type change struct {
	kind  changeKind
	id    string
	text  string // changeText
	emoji string // changeReaction
	on    bool   // changeReaction, changePin

	writtenAt  time.Time // on this connection, not answered yet; zero: it waits
	written    bool      // at least once
	unsure     bool      // it took the place of one that was, and which the relay may yet do
	unanswered int       // connections given up because no answer came
}

// changes are those under way, in the order in which they were asked for. They
// live in memory only: a page that is closed forgets what waits.
type changes struct {
	list     []*change
	resumeAt time.Time // nothing is written before: the relay has refused one
}

// ask queues a change, in place of one of the same kind that waits.
func (c *Client) ask(ch change) {
	l := &c.changes
	code, reason := protocol.Code(""), ""
	i := slices.IndexFunc(l.list, func(o *change) bool {
		return o.writtenAt.IsZero() && o.kind == ch.kind && o.id == ch.id && o.emoji == ch.emoji
	})
	if ch.kind == changeText {
		ch.text = protocol.CleanText(ch.text)
		code, reason = protocol.CheckText(ch.text, c.limits.TextBytes)
	}
	switch {
	case code != "":
	case c.conn.IsEnded():
		code, reason = protocol.CodeForbidden, "the chat has ended"
	case i < 0 && len(l.list) >= client.ChangesMax:
		code, reason = protocol.CodeUnavailable, "too many changes wait"
	}
	switch {
	case code != "":
		c.step.Emit(client.Refused{Code: code, Reason: reason, ID: ch.id})
		return
	case i >= 0:
		ch.unsure = l.list[i].written || l.list[i].unsure
		l.list[i] = &ch
	default:
		l.list = append(l.list, &ch)
	}
	c.step.Changed = true
}

// flushChanges ends what is done, and writes what waits as far as the bounds
// allow: one change of a message at a time, so that each answer tells which
// change it is of.
func (c *Client) flushChanges() {
	l := &c.changes
	if len(l.list) == 0 {
		return
	}
	caughtUp := c.conn.IsJoined() && c.sync.reached
	ready := caughtUp && !c.conn.IsDraining() && l.resumeAt.IsZero()
	room := changesInFlightMax - l.inFlight()
	var busy []string
	for _, ch := range slices.Clone(l.list) {
		if slices.Contains(busy, ch.id) {
			continue
		}
		inFlight := !ch.writtenAt.IsZero()
		switch m := c.timeline.Known(ch.id); {
		case caughtUp && m != nil && ch.shownBy(m) && !ch.unsure: // an unsure one needs its answer
			c.endChange(ch)
			continue
		case ready && room > 0 && !inFlight:
			room--
			ch.writtenAt, ch.written = c.step.Now, true
			c.conn.Write(ch.frame(c.cfg.Room))
		}
		busy = append(busy, ch.id)
	}
}

// shownBy reports whether m is as the change wants it.
func (ch *change) shownBy(m *protocol.Message) bool {
	switch ch.kind {
	case changeText:
		return m.Text == ch.text
	case changeDelete:
		return m.Deleted()
	case changeReaction:
		return slices.Contains(m.Mine, ch.emoji) == ch.on
	}
	return m.Pinned == ch.on
}

func (ch *change) frame(room string) protocol.ClientFrame {
	switch ch.kind {
	case changeText:
		return protocol.Edit{Room: room, ID: ch.id, Text: ch.text}
	case changeDelete:
		return protocol.Delete{Room: room, ID: ch.id}
	case changeReaction:
		return protocol.React{Room: room, ID: ch.id, Emoji: ch.emoji, On: ch.on}
	}
	return protocol.Pin{Room: room, ID: ch.id, On: ch.on}
}

// writtenTo is the change of a message that waits for its answer, nil where none
// does.
func (l *changes) writtenTo(id string) *change {
	for _, ch := range l.list {
		if ch.id == id && !ch.writtenAt.IsZero() {
			return ch
		}
	}
	return nil
}

// oldestWritten is the one that has waited longest for its answer.
func (l *changes) oldestWritten() *change {
	var oldest *change
	for _, ch := range l.list {
		if !ch.writtenAt.IsZero() && (oldest == nil || ch.writtenAt.Before(oldest.writtenAt)) {
			oldest = ch
		}
	}
	return oldest
}

func (l *changes) inFlight() int {
	n := 0
	for _, ch := range l.list {
		if !ch.writtenAt.IsZero() {
			n++
		}
	}
	return n
}

// interrupt lets all wait for the next connection.
func (l *changes) interrupt() {
	l.resumeAt = time.Time{}
	for _, ch := range l.list {
		ch.writtenAt = time.Time{}
	}
}

func (l *changes) ids() []string {
	var ids []string
	for _, ch := range l.list {
		if !slices.Contains(ids, ch.id) {
			ids = append(ids, ch.id)
		}
	}
	return ids
}

func (c *Client) endChange(ch *change) {
	c.changes.list = slices.DeleteFunc(c.changes.list, func(o *change) bool { return o == ch })
	c.step.Changed = true
}

func (c *Client) dropChange(ch *change, code protocol.Code, reason string) {
	c.endChange(ch)
	c.step.Emit(client.Refused{Code: code, Reason: step.OrElse(reason, string(code)), ID: ch.id})
}

// changeAnswered takes a frame that may answer a change: of a reaction by its
// cause or because it comes again, and so to this connection alone; of anything
// else by what it shows.
func (c *Client) changeAnswered(ch *change, m *protocol.Message, cause *protocol.Cause) {
	if ch.kind != changeReaction && ch.shownBy(m) ||
		ch.kind == changeReaction && cause != nil && *cause == ch.cause(c.me.ID) {
		c.endChange(ch)
	}
}

// cause is what the relay says of a reaction.
func (ch *change) cause(me string) protocol.Cause {
	return protocol.Cause{By: me, Emoji: ch.emoji, On: ch.on}
}

// changeRefused takes the refusal of a change.
func (c *Client) changeRefused(ch *change, f protocol.Error) {
	// In slow mode the wait is long, and would hold up all other changes.
	if !f.Code.Retryable() || f.Why == protocol.WhySlowMode {
		c.endChange(ch)
		c.step.Emit(client.Refused{Code: f.Code, Reason: step.OrElse(f.Message, string(f.Code)), ID: ch.id, Why: f.Why})
		return
	}
	ch.writtenAt = time.Time{}
	c.changes.resumeAt = c.step.ResendAt(c.changes.resumeAt, &f)
}

// answerDue is when the oldest change written must have been answered.
func (c *Client) changeDue() time.Time {
	if ch := c.changes.oldestWritten(); ch != nil {
		return ch.writtenAt.Add(step.AnswerTimeouts * c.conn.Timeout())
	}
	return time.Time{}
}

// changeLate gives up a connection on which an answer is missing, as for a
// send's echo, and after several of them the change.
func (c *Client) changeLate(late time.Duration) {
	ch := c.changes.oldestWritten()
	if late > step.LateGrace {
		ch.writtenAt = c.step.Now
		c.conn.Probe()
		return
	}
	if ch.unanswered++; ch.unanswered >= changeTriesMax {
		c.dropChange(ch, protocol.CodeUnavailable, "the relay does not answer")
	}
	c.conn.Lose()
}
