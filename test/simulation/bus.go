package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/engine"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// newsLateMax is the longest delay of late news.
const newsLateMax = 3 * time.Second

var errRead = errors.New("the database does not answer")

// share is the connection of a relay to the bus.
func (r *relay) share() {
	r.member = r.w.cluster.network.Join("simulation", bus.RelayID(r.w.cluster.started), r)
	r.hub.Share(r, r)
}

// Publish implements [hub.Bus].
func (r *relay) Publish(n hub.News) {
	r.w.note(r.name, "publishes %s", newsLine(&n))
	c := &bus.Changes{Room: n.Room, Epoch: n.Epoch, First: n.First, Last: n.Last}
	for i, frame := range n.Frames {
		c.Frames = append(c.Frames, bus.Frame{Rev: n.First + int64(i), Data: frame})
	}
	r.member.Tell(c)
}

// newsLine returns news as one line for the trace.
func newsLine(n *hub.News) string {
	return fmt.Sprintf("%s of %s: %d to %d, %d frames", n.Epoch, n.Room, n.First, n.Last, len(n.Frames))
}

// Follow implements [hub.Bus].
func (r *relay) Follow(room string) { r.member.Listen(room) }

// Unfollow implements [hub.Bus].
func (r *relay) Unfollow(room string) { r.member.Unlisten(room) }

// Tell implements [hub.Bus].
func (r *relay) Tell(n bus.News) { r.member.Tell(n) }

// Heard implements [bus.Listener].
func (r *relay) Heard(from bus.RelayID, news bus.News) {
	c, durable := news.(*bus.Changes)
	if !durable {
		r.do(func() { r.hub.Gossip().Heard(r.clock(), from, news) })
		return
	}
	n := hub.News{Room: c.Room, Epoch: c.Epoch, First: c.First, Last: c.Last}
	for _, frame := range c.Frames {
		n.Frames = append(n.Frames, frame.Data)
	}
	if err := n.Decode(); err != nil {
		r.w.fail("%s hears invalid news: %v", r.name, err)
	}
	r.do(func() {
		r.w.note(r.name, "hears %s", newsLine(&n))
		r.hub.Heard(r.clock(), n)
	})
}

// Listening implements [bus.Listener].
func (r *relay) Listening(rooms []string) { r.do(func() { r.hub.Followed(r.clock(), rooms) }) }

// Missed implements [bus.Listener].
func (r *relay) Missed() { r.do(func() { r.hub.BusUp(r.clock(), r.member.Stats().Connected) }) }

// cut disconnects the relay from the bus for a while. The relay may notice it or not.
func (r *relay) cut(d time.Duration) {
	if !r.member.Stats().Connected {
		return
	}
	w := r.w
	w.note(r.name, "is off the bus for %v", d)
	r.member.Cut()
	w.cluster.quiet = max(w.cluster.quiet, w.now+d)
	r.in(w.upTo(2*time.Second), func() {
		if !r.member.Stats().Connected {
			r.hub.BusUp(r.clock(), false)
		}
	})
	w.in(d, func() {
		if r.up {
			r.member.Restore()
		}
	})
}

// ReadHeads implements [hub.Reader].
func (r *relay) ReadHeads(rooms []string) {
	rooms = slices.Clone(rooms)
	r.query(func() (func(), error) {
		heads, err := r.w.db.store.Heads(context.Background(), rooms)
		return func() { r.hub.Heads(r.clock(), heads, nil) }, err
	}, func(err error) { r.hub.Heads(r.clock(), rules.Heads{}, err) })
}

// ReadSince implements [hub.Reader].
func (r *relay) ReadSince(room string, since int64) {
	limit := protocol.PageMessagesMax
	if r.w.weather.on[smallPages] {
		limit = 7
	}
	r.query(func() (func(), error) {
		page := r.read(room, "", rules.Query{Kind: rules.QuerySince, At: since, Limit: limit})
		heal := hub.HealOf(since, &page)
		return func() { r.hub.Healed(r.clock(), room, heal, nil) }, nil
	}, func(err error) { r.hub.Healed(r.clock(), room, hub.Heal{}, err) })
}

// ReadRuling implements [hub.Reader].
func (r *relay) ReadRuling(room string) {
	r.query(func() (func(), error) {
		ruling, err := r.w.db.store.Ruling(context.Background(), room)
		return func() { r.hub.Gossip().Ruling(r.clock(), room, ruling, nil) }, err
	}, func(err error) { r.hub.Gossip().Ruling(r.clock(), room, rules.Ruling{}, err) })
}

// ReadKnown implements [hub.Reader].
func (r *relay) ReadKnown() {
	r.query(func() (func(), error) {
		known, err := engine.ReadKnown(context.Background(), r.w.db.store)
		return func() { r.hub.Gossip().Known(r.clock(), known, nil) }, err
	}, func(err error) { r.hub.Gossip().Known(r.clock(), hub.Known{}, err) })
}

// MarkRead implements [hub.Reader].
func (r *relay) MarkRead(marks []rules.ReadMark) {
	marks = slices.Clone(marks)
	r.query(func() (func(), error) {
		stored, err := r.w.db.store.MarkRead(context.Background(), marks)
		return func() { r.hub.Gossip().Marked(r.clock(), stored, nil) }, err
	}, func(err error) { r.hub.Gossip().Marked(r.clock(), nil, err) })
}

// query reads from the database: the read is delayed, and so is the answer.
func (r *relay) query(read func() (answer func(), err error), failed func(error)) {
	w := r.w
	r.in(w.upTo(w.weather.commit/4), func() {
		answer, err := read()
		if err == nil && w.weather.strikes(readsFail, 0.1) {
			err = errRead
		}
		if err != nil {
			answer = func() { failed(err) }
		}
		r.in(w.upTo(w.weather.commit/4), answer)
	})
}

// arm schedules a call of the hub for a deadline between two ticks.
func (r *relay) arm() {
	if !r.w.cluster.several() {
		return
	}
	at := r.hub.Deadline()
	if !r.wakeAt.IsZero() && !at.Before(r.wakeAt) {
		return
	}
	r.wakeAt = at
	r.in(max(0, at.Sub(r.clock())), func() {
		if r.wakeAt.Equal(at) {
			r.wakeAt = time.Time{}
			r.hub.Wake(r.clock())
		}
	})
}
