package hub

import (
	"fmt"
	"time"

	"hallway/protocol"
)

// A pending is an op on its way to the store, with who is to be answered:
// exactly once, the session or by done.
type pending struct {
	op      Op
	session *Session      // nil: done is called
	member  *member       // of an OpOpen
	order   uint64        // of an OpSend: its place in the order of arrival
	block   *block        // what holds an OpSend back, which is then FindOnly
	done    func(Outcome) // over REST, or of a probe
	cleared int64         // messages that earlier parts of a clear have made tombstones
	apart   bool          // of an OpSend: begins a batch
}

// id is the message that the op is about, "" if none.
func (p *pending) id() string {
	if p.op.Kind == OpSend {
		return p.op.Send.ID
	}
	return p.op.ID
}

// bytes is about the size of the op, and of what will be told of it.
func (p *pending) bytes() int {
	f := &p.op.Send
	n := opBytes + len(f.Text) + len(f.ID) + len(f.ReplyTo) + len(f.SentAt) +
		len(p.op.Text) + len(p.op.Title) + len(p.op.Settings) + len(p.op.Note)
	for _, e := range [...]*protocol.Encrypted{f.Encrypted, p.op.Encrypted} {
		if e != nil {
			n += len(e.CT)
		}
	}
	switch p.op.Kind {
	case OpEdit, OpReact, OpPin:
		n += changedBytes
	case OpModerate:
		if p.op.Act == protocol.ActClear {
			n += ClearMax * opBytes
		}
	case OpErase:
		n += len(p.op.Erase.Seqs) * opBytes
	}
	return n
}

// full reports whether an op of that size finds no place in the queue.
func (h *Hub) full(s *Session, bytes int) bool {
	return h.ops >= h.cfg.QueueOps || h.bytes+bytes > h.cfg.QueueBytes || s != nil && s.ops >= SessionOpsMax
}

func (h *Hub) enqueue(p pending) {
	h.ops++
	h.bytes += p.bytes()
	if p.session != nil {
		p.session.ops++
	}
	h.queue.add(h.users[p.op.Sender.ID], &p)
}

// flush hands the next batch over, unless one is under way.
func (h *Hub) flush() {
	if len(h.flying) > 0 || h.queue.next() == nil {
		return
	}
	h.flying = h.batch()
	ops := make([]Op, len(h.flying))
	for i := range ops {
		ops[i] = h.withRanks(h.flying[i].op)
	}
	h.committer.Commit(ops)
}

// batch takes the next batch from the queue, at least one op. No send of a lane
// shares it with something before that sets who may write, lest it overtake one
// that was refused.
func (h *Hub) batch() (batch []*pending) {
	all, rooms, ruled := 0, map[string]int{}, false
	for p := h.queue.next(); p != nil; p = h.queue.next() {
		room := p.op.Room
		switch {
		case len(batch) == BatchOpsMax, len(batch) >= FloodOpsMax && h.queue.flooded(),
			all >= BatchBytesMax, rooms[room] >= RoomBatchBytesMax,
			len(batch) > 0 && p.order > 0 && (ruled || p.apart):
			return batch
		}
		bytes := p.bytes()
		all += bytes
		rooms[room] += bytes
		ruled = ruled || p.op.Kind.rules()
		batch = append(batch, p)
		h.queue.drop()
	}
	return batch
}

// Committed ends the batch under way: with one outcome for each of its ops, or
// with an error, after which nothing is known of any of them.
func (h *Hub) Committed(now time.Time, outcomes []Outcome, err error) {
	batch := h.flying
	if err == nil && len(outcomes) != len(batch) {
		panic(fmt.Sprintf("hub: %d outcomes for %d ops", len(outcomes), len(batch)))
	}
	for _, p := range batch {
		h.settle(p)
	}
	h.flying = nil
	if err != nil {
		outcomes = nil
		h.loseWindows(batch)
	}
	h.holdBackQueue(batch, outcomes)
	h.flush()
	for i, p := range batch {
		if err != nil {
			h.failed(now, p)
		} else {
			h.done(now, p, outcomes[i])
		}
	}
	for _, r := range h.touched {
		h.tell(r)
	}
	clear(h.touched)
	h.touched = h.touched[:0]
	h.flush() // what the ended batch has called for
}

// settle takes an op off the counts.
func (h *Hub) settle(p *pending) {
	h.ops--
	h.bytes -= p.bytes()
	if p.session != nil {
		p.session.ops--
	}
	if p.block != nil {
		p.block.ended(p.order)
	}
}

// loseWindows forgets the windows of a failed batch's rooms: the store may be
// ahead of them, nobody knows how far.
func (h *Hub) loseWindows(batch []*pending) {
	for _, p := range batch {
		if r := h.rooms[p.op.Room]; r != nil {
			h.windows.reset(r.window)
		}
	}
}

// failed answers an op of a failed batch.
func (h *Hub) failed(now time.Time, p *pending) {
	why := unavailable()
	if p.block != nil {
		why = p.block.refusal
	}
	if p.op.Kind == OpOpen {
		h.opened(now, p.member, why.outcome())
		return
	}
	h.refuse(p, why)
}

// done answers an op that the store has carried out or refused.
func (h *Hub) done(now time.Time, p *pending, o Outcome) {
	if r := h.rooms[p.op.Room]; r != nil && r.open && p.endsLife(r.epoch, &o) {
		h.endLife(r)
	}
	h.noteBan(&p.op, &o)
	if p.block != nil && o.Code != protocol.CodeNotFound {
		p.block.settled(p.op.Send.ID)
	}
	switch {
	case p.op.Kind == OpOpen:
		h.opened(now, p.member, o)
	case p.block != nil && o.Code == protocol.CodeNotFound:
		p.block.refuse(p.op.Send.ID, p.order, 0)
		h.refuse(p, p.block.refusal)
	case o.Code != "":
		h.refuse(p, refusalOf(&o))
		if r := h.rooms[p.op.Room]; r != nil && o.Why == protocol.WhyBanned { // the ban's result was lost
			h.putOut(r, p.op.Sender.ID, refusalOf(&o))
		}
	case p.op.Kind.moderates():
		h.moderated(p, o)
	case !p.op.Kind.takesRev():
		p.done(o)
	default:
		h.stored(p, o)
	}
}

func (h *Hub) refuse(p *pending, why refusal) {
	if p.done != nil {
		p.done(why.outcome())
		return
	}
	f := why.frame(p.op.Room, p.id())
	f.Of = p.op.of()
	p.session.send(f)
}

// stored tells a message as it is stored now to its room, or, where the room has
// been told that before, to who asked alone. What no op of this batch has changed
// may well be news to the room: the commit that did may have seemed to fail.
func (h *Hub) stored(p *pending, o Outcome) {
	r := h.rooms[p.op.Room]
	news := h.news(r, p.changed(&o), &o)
	if p.done != nil {
		p.done(o)
		return
	}
	m := p.session.member(p.op.Room)
	if news || m == nil || !m.joined {
		return
	}
	h.tell(r) // in the order of rev, should this batch have brought it
	p.session.send(p.changed(&o))
}

// news notes a message as it is stored now, for a room in memory. Where the room
// was not told of it yet, it will be, and the result is true.
func (h *Hub) news(r *room, f protocol.Changed, o *Outcome) bool {
	if r == nil || !r.open {
		return false
	}
	h.windows.took(r.window, o) // before anybody is told
	if o.Message.Rev <= r.told {
		return false
	}
	if len(r.out) == 0 {
		h.touched = append(h.touched, r)
	}
	r.told = o.Message.Rev
	r.out = append(r.out, f.Append(nil))
	return true
}

// newsOfAll notes all messages that an op has changed.
func (h *Hub) newsOfAll(r *room, o *Outcome) {
	for _, m := range o.Messages {
		h.news(r, protocol.Changed{Message: m}, &Outcome{Message: m, New: true, Epoch: o.Epoch, Head: m.Rev})
	}
}

// changed is the frame that tells what became of the op. The cause holds also
// where the op has changed nothing.
func (p *pending) changed(o *Outcome) protocol.Changed {
	f := protocol.Changed{Message: o.Message}
	if p.op.Kind == OpReact {
		f.Cause = &protocol.Cause{By: p.op.Sender.ID, Emoji: p.op.Emoji, On: p.op.On}
	}
	return f
}

// tell sends a room what was gathered for it.
func (h *Hub) tell(r *room) {
	if len(r.out) > 0 {
		r.group.Send(r.out)
		h.stats.told(r, r.out)
		h.stats.Deliveries += uint64(len(r.out) * r.streams)
		r.out = nil
	}
}
