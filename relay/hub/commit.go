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
		len(p.op.Text) + len(p.op.Title) + len(p.op.Settings)
	for _, e := range [...]*protocol.Encrypted{f.Encrypted, p.op.Encrypted} {
		if e != nil {
			n += len(e.CT)
		}
	}
	switch p.op.Kind {
	case OpEdit, OpReact, OpPin:
		n += changedBytes
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
	h.queue = append(h.queue, p)
}

// flush hands the next batch over, unless one is under way.
func (h *Hub) flush() {
	if len(h.flying) > 0 || len(h.queue) == 0 {
		return
	}
	n := h.batch()
	h.flying, h.queue = h.queue[:n:n], h.queue[n:]
	if len(h.queue) == 0 {
		h.queue = nil // what a storm has needed is not kept
	}

	ops := make([]Op, n)
	for i := range ops {
		ops[i] = h.flying[i].op
	}
	h.committer.Commit(ops)
}

// batch is how many ops of the queue go into the next batch, at least one.
func (h *Hub) batch() (n int) {
	all, rooms := 0, map[string]int{}
	for n < len(h.queue) && all < BatchBytesMax && rooms[h.queue[n].op.Room] < RoomBatchBytesMax {
		bytes := h.queue[n].bytes()
		all += bytes
		rooms[h.queue[n].op.Room] += bytes
		n++
	}
	return n
}

// Committed ends the batch under way: with one outcome for each of its ops, or
// with an error, after which nothing is known of any of them.
func (h *Hub) Committed(_ time.Time, outcomes []Outcome, err error) {
	batch := h.flying
	if err == nil && len(outcomes) != len(batch) {
		panic(fmt.Sprintf("hub: %d outcomes for %d ops", len(outcomes), len(batch)))
	}
	for i := range batch {
		h.settle(&batch[i])
	}
	h.flying = nil
	if err != nil {
		h.holdBackQueue(batch)
		h.loseWindows(batch)
	}
	h.flush()
	for i := range batch {
		if err != nil {
			h.failed(&batch[i])
		} else {
			h.done(&batch[i], outcomes[i])
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
func (h *Hub) loseWindows(batch []pending) {
	for i := range batch {
		if r := h.rooms[batch[i].op.Room]; r != nil {
			h.windows.reset(r.window)
		}
	}
}

// failed answers an op of a failed batch.
func (h *Hub) failed(p *pending) {
	why := unavailable()
	if p.block != nil {
		why = p.block.refusal
	}
	if p.op.Kind == OpOpen {
		h.opened(p.member, why.outcome())
		return
	}
	h.refuse(p, why)
}

// done answers an op that the store has carried out or refused.
func (h *Hub) done(p *pending, o Outcome) {
	if r := h.rooms[p.op.Room]; r != nil && r.open && p.endsLife(r.epoch, &o) {
		h.endLife(r)
	}
	if p.block != nil && o.Code != protocol.CodeNotFound {
		p.block.settled(p.op.Send.ID)
	}
	switch {
	case p.op.Kind == OpOpen:
		h.opened(p.member, o)
	case p.block != nil && o.Code == protocol.CodeNotFound:
		p.block.refuse(p.op.Send.ID, p.order, 0)
		h.refuse(p, p.block.refusal)
	case o.Code != "":
		h.refuse(p, refusal{code: o.Code, reason: o.Reason})
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
	p.session.send(why.frame(p.op.Room, p.id()))
}

// stored tells a message as it is stored now to its room, or, where the room has
// been told that before, to who asked alone. What no op of this batch has changed
// may well be news to the room: the commit that did may have seemed to fail.
func (h *Hub) stored(p *pending, o Outcome) {
	r := h.rooms[p.op.Room]
	if r != nil && r.open {
		h.windows.took(r.window, &o) // before anybody is told
	}
	news := r != nil && r.open && o.Message.Rev > r.told
	if news {
		if len(r.out) == 0 {
			h.touched = append(h.touched, r)
		}
		r.told = o.Message.Rev
		r.out = append(r.out, p.changed(&o).Append(nil))
	}
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
