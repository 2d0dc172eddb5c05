package hub

import (
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Committed ends the batch that is being committed: with one outcome for each of its ops, or with an error, after which
// nothing is known of any of its ops.
func (h *Hub) Committed(now time.Time, outcomes []rules.Outcome, err error) {
	batch := h.writes.ended()
	peers := h.rooms.peers
	if err == nil && len(outcomes) != len(batch) {
		panic(fmt.Sprintf("hub: %d outcomes for %d ops", len(outcomes), len(batch)))
	}
	if err != nil {
		outcomes = nil
	}
	switch {
	case peers != nil:
		peers.begin(now, batch, err)
	case err != nil:
		h.rooms.loseWindows(batch)
	}
	h.lanes.holdBackQueue(batch, outcomes)
	h.writes.flush()
	for i, p := range batch {
		if err != nil {
			h.failed(now, p)
		} else {
			h.done(now, p, outcomes[i])
		}
	}
	if peers != nil {
		peers.publish()
		for _, ack := range peers.acks {
			h.gossip.calls.ask(now, ack)
		}
		peers.acks = nil
		peers.end()
		return
	}
	h.rooms.flushAll()
	h.writes.flush() // the ops for which the batch has asked
}

// failed answers an op of a failed batch.
func (h *Hub) failed(now time.Time, p *pending) {
	why := unavailable()
	if p.block != nil {
		why = p.block.unseen()
	}
	if p.member != nil {
		h.rooms.answerOpen(now, p.member, rules.Outcome{Refusal: why})
		return
	}
	h.rooms.refuse(p, why)
}

// done answers an op that the store has carried out or refused.
func (h *Hub) done(now time.Time, p *pending, o rules.Outcome) {
	if r := h.rooms.opened(p.op.Room); r != nil && p.endsLife(r.epoch, &o) {
		h.rooms.endLife(r, h.rooms.peers != nil && !p.drops(&o))
	}
	if peers := h.rooms.peers; peers != nil && p.drops(&o) {
		peers.dropped(p.op.Room)
	}
	h.bans.note(&p.op, &o)
	if _, sees := p.op.Do.(rules.See); h.gossip != nil && (o.Void || sees) {
		h.gossip.rulings.changed(nil)
	}
	if p.block != nil && o.Code != protocol.CodeNotFound {
		p.block.settled(p.op.ID())
	}
	switch {
	case p.member != nil:
		h.rooms.answerOpen(now, p.member, o)
	case p.block != nil && o.Code == protocol.CodeNotFound:
		p.block.refuse(p.op.ID(), p.order, 0)
		h.rooms.refuse(p, p.block.Refusal)
	case o.Code != "":
		h.rooms.refuse(p, o.Refusal)
		if r := h.rooms.byName[p.op.Room]; r != nil && o.Why == protocol.WhyBanned { // the result of the ban was lost
			h.rooms.evict(r, p.op.Sender.ID, refusalFrame(o.Refusal, r.name, ""))
		}
	default:
		h.carriedOut(now, p, o)
	}
}

// carriedOut tells the result of an op.
func (h *Hub) carriedOut(now time.Time, p *pending, o rules.Outcome) {
	if o.DueNow {
		defer h.keys.dueNow(p.op.Room, o.Epoch, o.Due)
	}
	switch result := o.Result.(type) {
	case rules.Stored:
		h.stored(p, o, result)
	case rules.Marked, rules.Seen, rules.Uploaded:
		p.done(o)
	case rules.Registered, rules.Unregistered, rules.Turned, rules.HandedOn, rules.Wanted:
		h.keys.done(now, p, &o)
	default:
		switch ended := h.moderation.done(p, &o); {
		case !ended || p.done == nil:
		case h.rooms.peers != nil: // the other relays know of it before the answer is told
			h.rooms.peers.acks = append(h.rooms.peers.acks, func() { p.done(o) })
		default:
			p.done(o)
		}
	}
}

// stored tells a stored message to its room, or, where the room was told before, to its sender alone. Even where no op
// of this batch has changed the message, it may be news to the room: the commit that did may have seemed to fail.
func (h *Hub) stored(p *pending, o rules.Outcome, stored rules.Stored) {
	r := h.rooms.byName[p.op.Room]
	news := h.rooms.news(r, &o, &stored, p.cause())
	if p.done != nil {
		o.Result = stored
		p.done(o)
		return
	}
	switch m := p.session.member(p.op.Room); {
	case m == nil:
	case !m.joined:
		if h.rooms.peers != nil {
			h.rooms.peers.owe(m, protocol.Changed{Message: stored.Message, Cause: p.cause()})
		}
	case news, stored.New && stored.Message.Rev > m.from: // the stream tells it, or has told it
		m.echo = max(m.echo, stored.Message.Rev)
	default:
		h.rooms.flush(r) // first the news of this batch, for the order of revs
		h.rooms.answer(p.session, p.op.Room, protocol.Changed{Message: stored.Message, Cause: p.cause()})
	}
}
