package hub

import (
	"cmp"
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Streams get revs without a hole, from every relay. A change above a hole waits until news fill the hole, or until it
// is read from the database. A read finds only the latest state of each message, so it may skip revs; the next frame
// says so.

// A change is a message at a new rev.
type change struct {
	rev   int64
	frame []byte // for streams
	entry entry  // for the window
}

func (c *change) bytes() int { return len(c.frame) + c.entry.bytes() }

// committed takes a message that this relay has stored or found. It reports whether the streams will get it.
func (ps *peers) committed(r *room, o *rules.Outcome, stored *rules.Stored, cause *protocol.Cause) bool {
	m := &stored.Message
	here := r != nil && r.open && r.epoch == o.Epoch && m.Rev > r.told
	if !here && !stored.New {
		return false
	}
	stored.Encoded = m.Append(nil)
	c := change{rev: m.Rev, frame: protocol.Changed{Cause: cause}.AppendEncoded(nil, stored.Encoded), entry: entryOf(m, stored.Encoded)}
	if stored.New {
		ps.news.collect(m.Room, o.Epoch, &c)
	}
	if here {
		ps.holes.note(r, c.rev)
		ps.take(r, c)
	}
	return here
}

// begin handles the end of a batch. A failed batch may be stored all the same, so the heads of its rooms are read.
func (ps *peers) begin(now time.Time, batch []*pending, err error) {
	ps.now = now
	if err == nil {
		return
	}
	for _, p := range batch {
		if r := ps.rooms.opened(p.op.Room); r != nil {
			ps.queue.check(r)
		}
	}
}

// heard takes news of another relay.
func (ps *peers) heard(now time.Time, n *News) {
	ps.now = now
	r := ps.rooms.opened(n.Room)
	switch {
	case r == nil:
		return
	case n.Epoch != r.epoch:
		ps.queue.check(r)
		ps.queue.ask()
		return
	}
	ps.holes.note(r, n.Last)
	for _, c := range n.changes {
		ps.take(r, c)
	}
	ps.end()
}

// take sends the streams the next change and the kept changes that follow it. It keeps a change above a hole.
func (ps *peers) take(r *room, c change) {
	switch {
	case c.rev <= r.told:
	case c.rev == r.told+1:
		ps.tell(r, c)
		ps.tellAhead(r)
	default:
		r.level.keep(c)
	}
}

// tellAhead sends the kept changes up to the next hole.
func (ps *peers) tellAhead(r *room) {
	lv := r.level
	for len(lv.ahead) > 0 && lv.ahead[0].rev <= r.told+1 {
		c := lv.pop()
		if c.rev > r.told {
			ps.tell(r, c)
		}
	}
}

// tell gives the next change to a room's window and its streams.
func (ps *peers) tell(r *room, c change) {
	ps.windows.extend(r.window, r.epoch, r.told, c.rev, c.entry) // before any member hears of it
	ps.stream(r, &c)
	ps.reach(r, c.rev)
}

// stream sends a change to a room's streams. After skipped revs, a frame says that they are covered, once the later
// states of their messages were sent.
func (ps *peers) stream(r *room, c *change) {
	lv, frame := r.level, c.frame
	switch {
	case lv.last == c.rev-1:
		lv.last = c.rev
	case c.rev >= lv.covered:
		frame = protocol.AppendAfter(frame, lv.last)
		lv.last = c.rev
	}
	if protocol.FrameMentions(c.frame) {
		r.named = c.rev
	}
	ps.rooms.tell(r, frame)
}

// skips reports whether the streams are past skipped revs that no frame has covered yet.
func (r *room) skips() bool { return r.level.last < r.told && r.told < r.level.covered }

// reach notes that the streams have everything up to a rev.
func (ps *peers) reach(r *room, rev int64) {
	r.told = max(r.told, rev)
	ps.release(r)
	ps.endJoins(r)
}

// healed takes a page of a hole from the database.
func (ps *peers) healed(now time.Time, room string, h *Heal, err error) {
	ps.now = now
	r := ps.rooms.byName[room]
	if r == nil || !r.level.healing {
		return // the last member has left meanwhile
	}
	lv := r.level
	lv.healing = false
	switch {
	case !r.open:
	case err != nil:
		ps.refuseJoins(r, func(j *joining) bool { return j.head > r.told || r.skips() })
		ps.holes.readAt(r, now.Add(CheckEveryDown))
	case h.Epoch != r.epoch:
		ps.queue.check(r)
		ps.holes.readAt(r, now.Add(CheckEveryDown))
	default:
		if lv.known == lv.sought {
			lv.known = h.Head // no news has come since
		}
		ps.holes.note(r, h.Head)
		ps.fill(r, h)
		if r.told < h.Head {
			ps.holes.readAt(r, now)
		}
	}
	ps.holes.read(now)
	ps.end()
}

// fill sends a page of a hole to the streams, with the kept changes of the same revs. These may be earlier states of
// the same messages, and answer their senders.
func (ps *peers) fill(r *room, h *Heal) {
	if h.Since > r.told || h.To <= r.told {
		return
	}
	read := slices.DeleteFunc(h.changes, func(c change) bool { return c.rev <= r.told })
	entries := make([]entry, len(read))
	for i := range read {
		entries[i] = read[i].entry
	}
	if h.To < h.Head {
		ps.windows.opened(r.window, r.epoch, h.To) // messages of the window may have changed above
	} else {
		ps.windows.extend(r.window, r.epoch, r.told, h.To, entries...)
	}
	for lv := r.level; len(lv.ahead) > 0 && lv.ahead[0].rev <= h.To; {
		c := lv.pop()
		at, found := slices.BinarySearchFunc(read, c.rev, func(c change, rev int64) int { return cmp.Compare(c.rev, rev) })
		if found {
			read[at] = c // the kept change names its cause
		} else {
			read = slices.Insert(read, at, c)
		}
	}
	r.level.covered = h.Head
	if n := len(read); h.To == h.Head && n > 0 {
		r.level.covered = read[n-1].rev
	}
	for i := range read {
		ps.reach(r, read[i].rev-1)
		ps.stream(r, &read[i])
		ps.reach(r, read[i].rev)
	}
	ps.reach(r, h.To)
	ps.tellAhead(r)
}
