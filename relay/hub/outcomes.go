package hub

import (
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// outcomes tells the sender of an op, and all users concerned, of its outcome.
type outcomes struct {
	*shared
	rooms      *rooms
	moderation *moderation
	keys       *keys
}

// failed answers an op of a failed batch.
func (oc *outcomes) failed(now time.Time, p *pending) {
	why := unavailable()
	if p.block != nil {
		why = p.block.unseen()
	}
	if p.member != nil {
		oc.rooms.answerOpen(now, p.member, rules.Outcome{Refusal: why})
		return
	}
	oc.rooms.refuse(p, why)
}

// done answers an op after the store has carried it out or refused it.
func (oc *outcomes) done(now time.Time, p *pending, o rules.Outcome) {
	if r := oc.rooms.opened(p.op.Room); r != nil && p.endsLife(r.epoch, &o) {
		oc.rooms.endLife(r, oc.rooms.peers != nil && !p.drops(&o))
	}
	if peers := oc.rooms.peers; peers != nil && p.drops(&o) {
		peers.news.dropped(p.op.Room)
	}
	oc.bans.note(&p.op, &o)
	if _, sees := p.op.Do.(rules.See); oc.gossip != nil && (o.Void || sees) {
		oc.gossip.rulings.changed(nil)
	}
	if p.block != nil && o.Code != protocol.CodeNotFound {
		p.block.settled(p.op.ID())
	}
	switch {
	case p.member != nil:
		oc.rooms.answerOpen(now, p.member, o)
	case p.block != nil && o.Code == protocol.CodeNotFound:
		p.block.refuse(p.op.ID(), p.order, 0)
		oc.rooms.refuse(p, p.block.Refusal)
	case o.Code != "":
		oc.rooms.refuse(p, o.Refusal)
		if r := oc.rooms.byName[p.op.Room]; r != nil && o.Why == protocol.WhyBanned { // the result of the ban was lost
			oc.rooms.evict(r, p.op.Sender.ID, refusalFrame(o.Refusal, r.name, ""))
		}
	default:
		oc.carriedOut(now, p, o)
	}
}

// carriedOut sends the result of an op.
func (oc *outcomes) carriedOut(now time.Time, p *pending, o rules.Outcome) {
	if o.DueNow {
		defer oc.keys.dueNow(p.op.Room, o.Epoch, o.Due)
	}
	switch result := o.Result.(type) {
	case rules.Stored:
		oc.stored(p, o, result)
	case rules.Marked, rules.Seen, rules.Uploaded:
		p.done(o)
	case rules.Registered, rules.Unregistered, rules.Turned, rules.HandedOn, rules.Wanted:
		oc.keys.done(now, p, &o)
	default:
		switch ended := oc.moderation.done(p, &o); {
		case !ended || p.done == nil:
		case oc.rooms.peers != nil: // the other relays must know of it before the answer is sent
			oc.rooms.peers.acks = append(oc.rooms.peers.acks, func() { p.done(o) })
		default:
			p.done(o)
		}
	}
}

// stored sends a stored message to its room or, if the room has it already, only to its sender. A message without a
// change in this batch may be new to the room too, because an earlier commit only seemed to fail.
func (oc *outcomes) stored(p *pending, o rules.Outcome, stored rules.Stored) {
	r := oc.rooms.byName[p.op.Room]
	news := oc.rooms.news(r, &o, &stored, p.cause())
	if p.done != nil {
		o.Result = stored
		p.done(o)
		return
	}
	switch m := p.session.member(p.op.Room); {
	case m == nil:
	case !m.joined:
		if oc.rooms.peers != nil {
			m.presence.room.level.holdAnswer(m, protocol.Changed{Message: stored.Message, Cause: p.cause()})
		}
	case news, stored.New && stored.Message.Rev > m.from: // the stream sends it, or has sent it
		l := m.lane()
		l.echo = max(l.echo, stored.Message.Rev)
	default:
		oc.rooms.flush(r) // first the news of this batch, for the order of revs
		oc.rooms.answer(p.session, p.op.Room, protocol.Changed{Message: stored.Message, Cause: p.cause()})
	}
}
