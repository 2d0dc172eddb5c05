package main

import (
	"time"

	"hallway/protocol"
)

// room holds everything that the clients know of one room of the relay.
type room struct {
	loop   *loop
	name   string
	epoch  string
	ledger []entry          // by rev, from 1 on
	revs   map[string]int64 // by id, of the entries of the ledger
	sends  map[string]*send // by id, until their senders see them
	sent   int              // ids used
}

// An entry is the message of a rev, as the first member got it.
type entry struct {
	id    string
	frame []byte // nil if no client got the message live
	send  *send
}

// A send is a message on its way, from its first write until its sender has it back.
type send struct {
	sender  *client
	frame   protocol.Send
	at      time.Duration // of the first write
	written int           // how many times it was written
	answers int           // the live answers that its sender got: at most one for each write
	settled bool          // its sender has it back
}

func newRoom(l *loop, name string) *room {
	return &room{loop: l, name: name, revs: map[string]int64{}, sends: map[string]*send{}}
}

// head returns the highest rev that any client got.
func (r *room) head() int64 { return int64(len(r.ledger)) }

// at returns the entry of a rev, or nil if no client got it.
func (r *room) at(rev int64) *entry {
	if rev < 1 || rev > r.head() {
		return nil
	}
	return &r.ledger[rev-1]
}

// enter keeps the message of a rev, or compares it with the one that other clients got. frame is nil if the message came over REST.
func (r *room) enter(m *protocol.Message, frame []byte) *entry {
	for r.head() < m.Rev {
		r.ledger = append(r.ledger, entry{})
	}
	e := r.at(m.Rev)
	switch known, twice := r.revs[m.ID]; {
	case e.id == "" && twice:
		r.loop.fail("doubled: message %s has rev %d and rev %d", m.ID, known, m.Rev)
	case e.id == "":
		e.id, e.send = m.ID, r.sends[m.ID]
		r.revs[m.ID] = m.Rev
		if e.send == nil {
			r.loop.fail("message %s at rev %d was sent by nobody", m.ID, m.Rev)
		}
	case e.id != m.ID:
		r.loop.fail("rev %d is message %s for one member and %s for another", m.Rev, e.id, m.ID)
	}
	if e.frame == nil && frame != nil {
		e.frame = append([]byte(nil), frame...)
	}
	return e
}

// whole checks that every send took one rev, and that every rev belongs to a send.
func (r *room) whole() {
	for i := range r.ledger {
		if r.ledger[i].id == "" {
			r.loop.fail("lost: nobody got rev %d of %s", i+1, r.name)
		}
	}
	if len(r.ledger) != r.sent {
		r.loop.fail("%d messages were sent to %s and %d revs taken", r.sent, r.name, len(r.ledger))
	}
}
