package hub

import (
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// A pending is an op on its way to the store, with who is to be answered:
// exactly once, the session or by done.
type pending struct {
	op      rules.Op
	session *Session            // nil: done is called
	member  *member             // of an Open
	order   uint64              // of a Send: its place in the order of arrival
	block   *block              // what holds a Send back, which is then FindOnly
	done    func(rules.Outcome) // over REST, or of a probe
	cleared int64               // messages that earlier parts of a clear have made tombstones
	apart   bool                // of a Send: begins a batch
}

// bytes is about the size of the op, and of what will be told of it.
func (p *pending) bytes() int {
	n := opBytes
	switch do := p.op.Do.(type) {
	case rules.Send:
		n += len(do.Text) + len(do.ID) + len(do.ReplyTo) + len(do.SentAt) + encryptedBytes(do.Encrypted)
	case rules.Edit:
		n += changedBytes + len(do.Text) + encryptedBytes(do.Encrypted)
	case rules.React, rules.Pin:
		n += changedBytes
	case rules.Configure:
		n += len(do.Title) + len(do.Settings)
	case rules.Report:
		n += len(do.Reason)
	case rules.Moderate:
		n += len(do.Reason)
		if do.Act == protocol.ActClear {
			n += rules.ClearMax * opBytes
		}
	case rules.Erase:
		n += len(do.Seqs) * opBytes
	}
	return n
}

func encryptedBytes(e *protocol.Encrypted) int {
	if e == nil {
		return 0
	}
	return len(e.CT)
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
	ops := make([]rules.Op, len(h.flying))
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
		ruled = ruled || p.op.SetsRules()
		batch = append(batch, p)
		h.queue.drop()
	}
	return batch
}

// Committed ends the batch under way: with one outcome for each of its ops, or
// with an error, after which nothing is known of any of them.
func (h *Hub) Committed(now time.Time, outcomes []rules.Outcome, err error) {
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
		why = p.block.Refusal
	}
	if p.member != nil {
		h.opened(now, p.member, rules.Outcome{Refusal: why})
		return
	}
	h.refuse(p, why)
}

// done answers an op that the store has carried out or refused.
func (h *Hub) done(now time.Time, p *pending, o rules.Outcome) {
	if r := h.rooms[p.op.Room]; r != nil && r.open && p.endsLife(r.epoch, &o) {
		h.endLife(r)
	}
	h.noteBan(&p.op, &o)
	if p.block != nil && o.Code != protocol.CodeNotFound {
		p.block.settled(p.op.ID())
	}
	switch {
	case p.member != nil:
		h.opened(now, p.member, o)
	case p.block != nil && o.Code == protocol.CodeNotFound:
		p.block.refuse(p.op.ID(), p.order, 0)
		h.refuse(p, p.block.Refusal)
	case o.Code != "":
		h.refuse(p, o.Refusal)
		if r := h.rooms[p.op.Room]; r != nil && o.Why == protocol.WhyBanned { // the ban's result was lost
			h.putOut(r, p.op.Sender.ID, o.Refusal)
		}
	default:
		h.carriedOut(p, o)
	}
}

// carriedOut tells what an op has brought.
func (h *Hub) carriedOut(p *pending, o rules.Outcome) {
	switch result := o.Result.(type) {
	case rules.Stored:
		h.stored(p, o, result)
	case rules.Marked, rules.Seen:
		p.done(o)
	default:
		h.moderated(p, o)
	}
}

func (h *Hub) refuse(p *pending, why rules.Refusal) {
	if p.done != nil {
		p.done(rules.Outcome{Refusal: why})
		return
	}
	f := refusalFrame(why, p.op.Room, p.op.ID())
	f.Of = frameOf(&p.op)
	p.session.send(f)
}

// stored tells a message as it is stored now to its room, or, where the room has
// been told that before, to who asked alone. What no op of this batch has changed
// may well be news to the room: the commit that did may have seemed to fail.
func (h *Hub) stored(p *pending, o rules.Outcome, stored rules.Stored) {
	r := h.rooms[p.op.Room]
	news := h.news(r, p.changed(&stored.Message), &o)
	if p.done != nil {
		p.done(o)
		return
	}
	m := p.session.member(p.op.Room)
	if news || m == nil || !m.joined {
		return
	}
	h.tell(r) // in the order of rev, should this batch have brought it
	p.session.send(p.changed(&stored.Message))
}

// news notes a message as it is stored now, for a room in memory. Where the room
// was not told of it yet, it will be, and the result is true.
func (h *Hub) news(r *room, f protocol.Changed, o *rules.Outcome) bool {
	if r == nil || !r.open {
		return false
	}
	h.windows.took(r.window, o) // before anybody is told
	if f.Message.Rev <= r.told {
		return false
	}
	if len(r.out) == 0 {
		h.touched = append(h.touched, r)
	}
	r.told = f.Message.Rev
	r.out = append(r.out, f.Append(nil))
	return true
}

// newsOfAll notes all messages that an op has changed.
func (h *Hub) newsOfAll(r *room, messages []protocol.Message, o *rules.Outcome) {
	for _, m := range messages {
		one := rules.Outcome{Result: rules.Stored{Message: m, New: true}, Epoch: o.Epoch, Head: m.Rev}
		h.news(r, protocol.Changed{Message: m}, &one)
	}
}

// changed is the frame that tells what became of the op. The cause holds also
// where the op has changed nothing.
func (p *pending) changed(m *protocol.Message) protocol.Changed {
	f := protocol.Changed{Message: *m}
	if do, ok := p.op.Do.(rules.React); ok {
		f.Cause = &protocol.Cause{By: p.op.Sender.ID, Emoji: do.Emoji, On: do.On}
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
