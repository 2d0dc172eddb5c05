package core

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// entry is an item of the outbox at work.
type entry struct {
	client.Item
	stored    bool      // saved, or it is known that it cannot be
	written   bool      // at least once, or perhaps by an earlier life of the page
	inFlight  bool      // on this connection, its echo not yet here
	writtenAt time.Time // in flight: when
	late      bool      // in flight: the echo was late once
	onWire    bool      // written on this connection: the relay holds back what follows

	loaded bool             // it came from storage
	handed bool             // the owner was handed it
	told   client.ItemState // by the owner to the others, last
	mirror client.ItemState // on their side: as the owner has it; "": not known
}

func (e *entry) failed() bool { return e.Code != "" }

// outbox holds the own messages that did not come back yet, in the order in
// which they were written.
type outbox struct {
	entries []*entry
	ready   bool // the stored items are here, or it is known that there are none
	touched bool // the other pages may have to be told something
	// failing: the storage cannot be used; items live in memory.
	failing   bool
	lastOrder int64
	resendAt  time.Time // nothing is written before: the relay has refused a send

	// recent holds the ids that came back last, and recentAt where the next goes,
	// so that a late word of another page does not bring one again.
	recent   []string
	recentAt int
	sent     map[string]struct{} // the same
}

// recentMax is how many ids are remembered after they came back.
const recentMax = 2 * client.OutboxMax

func (o *outbox) isDone(id string) bool {
	_, ok := o.sent[id]
	return ok
}

func (o *outbox) done(id string) {
	if o.isDone(id) {
		return
	}
	if o.sent == nil {
		o.sent = map[string]struct{}{}
	}
	o.sent[id] = struct{}{}
	if len(o.recent) < recentMax {
		o.recent = append(o.recent, id)
		return
	}
	delete(o.sent, o.recent[o.recentAt])
	o.recent[o.recentAt] = id
	o.recentAt = (o.recentAt + 1) % recentMax
}

// add puts an entry in its place, by Order: nearly always the last. It never
// goes before one that this connection has written, and which the relay may
// have refused: sent again, that one would be let in and this one overtaken.
func (o *outbox) add(e *entry) {
	o.touched = true
	o.lastOrder = max(o.lastOrder, e.Order)
	i := len(o.entries)
	for i > 0 && o.entries[i-1].Order > e.Order && !o.entries[i-1].onWire {
		i--
	}
	o.entries = slices.Insert(o.entries, i, e)
}

func (o *outbox) find(id string) *entry {
	for _, e := range o.entries {
		if e.ID == id {
			return e
		}
	}
	return nil
}

func (o *outbox) remove(e *entry) {
	i := slices.Index(o.entries, e)
	o.entries = slices.Delete(o.entries, i, i+1)
}

func (o *outbox) inFlight() int {
	n := 0
	for _, e := range o.entries {
		if e.inFlight {
			n++
		}
	}
	return n
}

// oldestInFlight is the first that waits for its echo, nil where none does.
func (o *outbox) oldestInFlight() *entry {
	for _, e := range o.entries {
		if e.inFlight {
			return e
		}
	}
	return nil
}

// interrupt takes back what was in flight on a connection that has ended.
func (o *outbox) interrupt() {
	o.recall(0)
	o.resendAt = time.Time{}
	for _, e := range o.entries {
		e.onWire = false
	}
}

// recall lets the entries from the i-th on wait again.
func (o *outbox) recall(i int) {
	o.touched = true
	for _, e := range o.entries[i:] {
		e.inFlight, e.late = false, false
	}
}

// outboxLoaded takes what is stored: the items of an earlier life of the page,
// and of pages that have died.
func (c *Client) outboxLoaded(ev client.OutboxLoaded) {
	if ev.User != c.auth.user {
		return
	}
	o, first := &c.outbox, !c.outbox.ready
	o.ready, o.touched, c.changed = true, true, true
	o.failing = ev.Err != nil
	for _, item := range ev.Items {
		switch {
		case o.find(item.ID) != nil:
		case o.isDone(item.ID):
			c.emit(client.RemoveItem{ID: item.ID})
		default:
			o.add(&entry{Item: item, stored: true, written: true, loaded: true})
		}
	}
	if !first {
		c.tabs.reload = false
		return
	}
	for _, e := range o.entries {
		if !e.loaded {
			c.save(e) // written before there was something to save it in
		}
	}
	switch {
	case c.tabs.reload:
		c.emit(client.LoadOutbox{User: ev.User})
	case !c.tabs.owns:
		c.tell(client.Note{Kind: client.NoteAsk})
	}
}

// nextOrder is the clock's, so that the items of several pages fall into the
// order in which they were written, and more than the last.
func (o *outbox) nextOrder(now time.Time) int64 {
	o.lastOrder = max(o.lastOrder+1, now.UnixMicro())
	return o.lastOrder
}

// save stores an entry, as soon as there is something to store it in.
func (c *Client) save(e *entry) {
	c.outbox.touched = true
	if !c.outbox.ready {
		return
	}
	e.stored = false
	c.emit(client.SaveItem{Item: e.Item})
}

// itemStored takes the answer to a SaveItem. An item that cannot be stored is
// sent all the same.
func (c *Client) itemStored(id string, err error) {
	if e := c.outbox.find(id); e != nil {
		e.stored = true
		c.outbox.touched = true
	}
	if failing := err != nil; failing != c.outbox.failing {
		c.outbox.failing, c.changed = failing, true
	}
}

// composerOpen reports whether the user may write and send.
func (c *Client) composerOpen() bool {
	if !c.loaded() || !c.outbox.ready || c.conn.phase == phaseEnded || len(c.outbox.entries) >= client.OutboxMax || c.silenced() != "" {
		return false
	}
	return c.cfg.Offline == client.OfflineQueue || c.conn.phase == phaseJoined && c.sync.reached
}

func (c *Client) sendText(ev client.SendText) {
	text := protocol.CleanText(ev.Text)
	code, reason := protocol.CheckText(text, c.limits.TextBytes)
	why := protocol.Why("")
	switch {
	case code != "":
	case c.conn.phase == phaseEnded:
		code, reason = protocol.CodeForbidden, "the chat has ended"
	case c.silenced() != "":
		code, reason, why = protocol.CodeForbidden, silencedReasons[c.silenced()], c.silenced()
	case len(c.outbox.entries) >= client.OutboxMax:
		code, reason = protocol.CodeUnavailable, "too many messages wait to be sent"
	case c.cfg.Offline == client.OfflineDisable && !c.composerOpen():
		code, reason = protocol.CodeUnavailable, "the chat is not connected"
	case c.outbox.find(ev.ID) != nil:
		code, reason = protocol.CodeConflict, "the id is taken"
	}
	if code != "" {
		c.emit(client.Refused{Code: code, Reason: reason, ID: ev.ID, Why: why})
		return
	}
	e := &entry{Item: client.Item{
		ID: ev.ID, Text: text, ReplyTo: ev.ReplyTo,
		SentAt: milliseconds(c.now),
		Order:  c.outbox.nextOrder(c.now),
	}}
	c.outbox.add(e)
	c.save(e)
	c.load(wantEnd) // who writes wants to see it
	c.changed = true
}

// flush writes what waits, in order, as far as the window allows. The first
// item that cannot be written yet holds all behind it, so that none overtakes.
func (c *Client) flush() {
	o := &c.outbox
	if !c.tabs.owns || c.tabs.reload || !o.ready || c.conn.phase != phaseJoined || !c.sync.reached || c.conn.draining || !o.resendAt.IsZero() {
		return
	}
	room := protocol.InFlightMax - o.inFlight()
	if slow := c.slow() > 0; slow && !c.moderation.nextSendAt.IsZero() {
		return
	} else if slow {
		room = 1 - o.inFlight() // the next has to wait
	}
	for _, e := range o.entries {
		if e.failed() || e.inFlight {
			continue
		}
		if room <= 0 || !e.stored {
			return
		}
		room--
		e.inFlight, e.onWire, e.written, e.writtenAt, o.touched = true, true, true, c.now, true
		c.write(protocol.Send{Room: c.cfg.Room, ID: e.ID, Text: e.Text, SentAt: e.SentAt, ReplyTo: e.ReplyTo})
		c.waitNext()
		c.changed = true
	}
}

// sendRefused takes the refusal of a send.
func (c *Client) sendRefused(f protocol.Error) {
	e := c.outbox.find(f.ID)
	if e == nil || e.failed() {
		return
	}
	if !f.Code.Retryable() {
		e.Why = f.Why
		c.fail(e, f.Code, f.Message)
		return
	}
	switch {
	case e.inFlight:
		// The relay refuses all behind it as well until it comes again: go back to it.
		c.outbox.recall(slices.Index(c.outbox.entries, e))
		c.changed = true
	case c.outbox.resendAt.IsZero():
		return // of an earlier round
	}
	c.outbox.resendAt = c.resendAt(c.outbox.resendAt, &f)
}

// fail marks an item refused for good; the user retries or discards it.
func (c *Client) fail(e *entry, code protocol.Code, reason string) {
	e.inFlight, e.late = false, false
	e.Code, e.Reason = code, orElse(reason, string(code))
	c.save(e)
	c.changed = true
	c.emit(client.Refused{Code: code, Reason: e.Reason, ID: e.ID, Why: e.Why})
}

// failTooLarge gives up what a relay must have closed the connection for.
func (c *Client) failTooLarge() {
	const reason = "the message is too large for the relay"
	if e := c.outbox.oldestInFlight(); e != nil {
		c.fail(e, protocol.CodeTooLarge, reason)
	} else if ch := c.changes.oldestWritten(); ch != nil {
		c.dropChange(ch, protocol.CodeTooLarge, reason)
	}
}

// milliseconds returns t as on the wire, to the millisecond: more of a device's clock means nothing.
func milliseconds(t time.Time) string {
	text := protocol.TimeOf(t).String()
	return text[:len(text)-len("000Z")] + "Z"
}
