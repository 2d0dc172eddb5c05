package core

import (
	"time"

	"hallway/protocol"
)

// reading is how far the user has read. The marker only moves forward within a
// life of the room.
type reading struct {
	epoch string // the life of the room that the rest is of

	seq    int64     // the marker
	told   int64     // as the relay has it
	toldAt time.Time // when it was told last

	from    int64 // the marker when the chat was opened
	fixed   bool  // from is known
	first   int64 // the first unread then; 0: none
	opening bool  // the page that holds it is on its way
}

// readJoined takes the marker as the relay has it.
func (c *Client) readJoined(f protocol.Joined) {
	if c.reading.epoch != f.Epoch {
		c.reading = reading{epoch: f.Epoch}
	}
	c.reading.told = f.Read
	c.readTo(f.Read)
}

// readElsewhere takes word of another device.
func (c *Client) readElsewhere(f protocol.Read) {
	if f.Room == c.cfg.Room && c.conn.IsJoined() {
		c.reading.told = max(c.reading.told, f.Seq)
		c.readTo(f.Seq)
	}
}

func (c *Client) readTo(seq int64) {
	if seq > c.reading.seq {
		c.reading.seq, c.step.Changed = seq, true
	}
	if seq >= c.timeline.Newest() {
		c.setUnread(0)
	}
}

// seen moves the marker over what the user has before their eyes.
func (c *Client) seen(seq int64) {
	if !c.hidden && c.sync.loaded {
		c.readTo(min(seq, c.timeline.Last()))
	}
}

// readDue is when the relay is told of the marker, zero where it knows it.
func (c *Client) readDue() time.Time {
	r := &c.reading
	if r.seq <= r.told || !c.conn.IsJoined() || !c.sync.reached {
		return time.Time{}
	}
	// A time of the past serves as one that has come.
	return r.toldAt.Add(readEvery)
}

// tellRead tells the relay how far the user has read.
func (c *Client) tellRead() {
	c.reading.told, c.reading.toldAt = c.reading.seq, c.step.Now
	c.conn.Write(protocol.Read{Room: c.cfg.Room, Seq: c.reading.seq})
}

// flushRead does so when it is time.
func (c *Client) flushRead() {
	if _, ok := c.step.Late(c.readDue()); ok {
		c.tellRead()
	}
}

// openAtUnread finds the first unread message once the first history is here.
// Where that is older the window moves to it, before anything is shown.
func (c *Client) openAtUnread() {
	r := &c.reading
	if r.fixed {
		return
	}
	r.fixed, r.from = true, r.seq
	switch {
	case r.from == 0: // a newcomer
	case c.timeline.MoreBefore() && c.timeline.Oldest() > r.from+1:
		r.opening = true
		c.sync.page, c.sync.around = wantAround, around{seq: r.from + 1}
	default:
		r.first = c.timeline.FirstOfOthers(r.from)
	}
}

// openedAtUnread ends that; here tells whether the page came. Where it holds
// nothing of others, the chat opens at the end.
func (c *Client) openedAtUnread(here bool) {
	r := &c.reading
	if !r.opening {
		return
	}
	if here {
		r.first = c.timeline.FirstOfOthers(r.from)
		if r.first == 0 && c.timeline.MoreAfter() {
			c.sync.page = wantEnd
			return
		}
	}
	r.opening, c.step.Changed = false, true
}

// loaded reports whether the history with which the chat opens is here.
func (c *Client) loaded() bool { return c.sync.loaded && !c.reading.opening }
