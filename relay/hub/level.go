package hub

import (
	"slices"
	"time"

	"hallway/relay/bus"
)

// levelWithin bounds the time that a call waits for the other relays.
const levelWithin = 100 * time.Millisecond

// levelGap is the least time between two calls, for each other relay, because all relays answer each call.
const levelGap = time.Millisecond

// calls brings the hub and the other relays level in the state that no database holds. Before they answer a call, the
// other relays tell their news and write their waiting read markers. So after a call this relay knows a client's
// earlier actions at other relays, and they have this relay's news. One call is under way at a time, for all callers
// that ask meanwhile.
type calls struct {
	*Gossip
	round        int64                // of the last call
	waits        map[bus.RelayID]bool // relays that have not answered it, and ownMarks; empty: no call is under way
	unresponsive map[bus.RelayID]bool // relays that have not answered in time; no call waits for them until they answer
	until        time.Time            // the end of the call
	next         time.Time            // the earliest time of the next call
	asking       []func()             // wait for the call
	waiting      []func()             // wait for the next call
	delayed      []delayedAnswer
}

// delayedAnswer is an answer to a call, which waits for a write of read markers.
type delayedAnswer struct {
	bus.Levelled
	write uint64
}

// ownMarks stands in calls.waits for this relay's read markers. No relay has this id.
const ownMarks bus.RelayID = 0

// ask calls done once the relays are level, perhaps before it returns. If a relay does not answer, it calls done after
// levelWithin.
func (c *calls) ask(now time.Time, done func()) {
	c.waiting = append(c.waiting, done)
	c.begin(now)
}

// begin begins a call, when it is time.
func (c *calls) begin(now time.Time) {
	if len(c.waits) > 0 || len(c.waiting) == 0 || now.Before(c.next) {
		return
	}
	c.asking, c.waiting = c.waiting, nil
	c.until = now.Add(levelWithin)
	if write, waits := c.marks.write(now); waits {
		c.waits[ownMarks] = true
		c.delayed = append(c.delayed, delayedAnswer{bus.Levelled{Relay: ownMarks}, write})
	}
	if peers := c.presence.Peers(); len(peers) > 0 && !c.rooms.peers.down {
		for _, id := range peers {
			if !c.unresponsive[id] {
				c.waits[id] = true
			}
		}
		c.round++
		c.next = now.Add(levelGap * time.Duration(len(peers)))
		c.tellAll(now)
		c.bus.Tell(&bus.Called{Round: c.round})
	}
	c.endIfAnswered(now)
}

// tellAll tells the other relays all news so far.
func (c *calls) tellAll(now time.Time) {
	c.presence.TellMoves()
	c.spending.tell(now)
}

// called answers another relay's call.
func (c *calls) called(now time.Time, from bus.RelayID, n *bus.Called) {
	c.tellAll(now)
	answer := bus.Levelled{Relay: from, Round: n.Round}
	if write, waits := c.marks.write(now); waits {
		c.delayed = append(c.delayed, delayedAnswer{answer, write})
		return
	}
	c.bus.Tell(&answer)
}

// wrote sends the answers that waited for a write of read markers.
func (c *calls) wrote(now time.Time, write uint64) {
	kept, own := c.delayed[:0], false
	for _, o := range c.delayed {
		if o.write > write {
			kept = append(kept, o)
			continue
		}
		if o.Relay == ownMarks {
			own = true
			continue
		}
		c.bus.Tell(&o.Levelled)
	}
	if c.delayed = kept; own {
		c.answered(now, ownMarks)
	}
}

// levelled takes the answer of a relay.
func (c *calls) levelled(now time.Time, from bus.RelayID, n *bus.Levelled) {
	delete(c.unresponsive, from)
	if n.Round == c.round {
		c.answered(now, from)
	}
}

// answered notes that no call waits for a relay now.
func (c *calls) answered(now time.Time, id bus.RelayID) {
	if c.waits[id] {
		delete(c.waits, id)
		c.endIfAnswered(now)
	}
}

// gone forgets a relay.
func (c *calls) gone(id bus.RelayID) {
	delete(c.unresponsive, id)
	c.answered(c.rooms.peers.now, id)
}

// endIfAnswered ends the call if all relays have answered.
func (c *calls) endIfAnswered(now time.Time) {
	if len(c.waits) > 0 {
		return
	}
	asking := c.asking
	c.asking = nil
	c.rooms.peers.now = now
	for _, done := range asking {
		done()
	}
	c.begin(now)
}

// deadline returns the time of the next wake; due is false if there is none.
func (c *calls) deadline() (at time.Time, due bool) {
	if len(c.waits) > 0 {
		return c.until, true
	}
	return c.next, len(c.waiting) > 0
}

// wake ends a call that has waited long enough, or begins one.
func (c *calls) wake(now time.Time) {
	switch at, due := c.deadline(); {
	case !due || now.Before(at):
	case len(c.waits) > 0:
		for id := range c.waits {
			c.unresponsive[id] = id != ownMarks
		}
		clear(c.waits)
		c.delayed = slices.DeleteFunc(c.delayed, func(o delayedAnswer) bool { return o.Relay == ownMarks })
		c.endIfAnswered(now)
	default:
		c.begin(now)
	}
}

// Level calls done once this relay has the other relays' presence and read markers that are not in the database yet. It
// may call done before it returns.
func (h *Hub) Level(now time.Time, done func()) {
	if h.gossip == nil {
		done()
		return
	}
	h.gossip.calls.ask(now, done)
	h.rooms.peers.end()
}
