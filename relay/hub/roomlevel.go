package hub

import (
	"cmp"
	"slices"
	"time"

	"hallway/protocol"
)

const (
	// aheadMax bounds the changes of a room that wait above a hole, and aheadBytesMax their bytes. Further changes are
	// read with the hole.
	aheadMax      = 1024
	aheadBytesMax = 1 << 20
)

// A level holds the distance between a room's streams and the database.
type level struct {
	known   int64     // the highest rev that the database is known to hold
	last    int64     // the streams know that they have everything up to this rev
	covered int64     // the later states of skipped messages are sent once the streams reach this rev
	ahead   []change  // changes above a hole, ascending by rev
	bytes   int       // of ahead
	ruled   ruled     // the version of the room's rules
	healAt  time.Time // when the hole is read; zero: there is no hole
	healing bool      // the hole is being read
	joins   []joining
	calls   map[*member]int // the number of calls of other relays that a member's joins wait for
	held    []heldAnswer
	early   []earlyRead // read markers that came before the room was open
	learnt  uint64      // the number of head queries when the epoch became known

	asked  uint64 // the number of the last query for the head
	sought int64  // the value of known when the hole was last read

	place       int  // in peers.all
	urgent, due bool // the room is in that list of peers.queue
	unsettled   bool // the room is in peers.holes.unsettled
}

// A joining member waits until the streams reach the head that was read for its join.
type joining struct {
	member *member
	query  uint64             // the query that reads the head; 0: it has not begun
	head   int64              // -1: not known yet
	held   []protocol.Changed // answers to sends that are already stored
}

// keep keeps a change above a hole. Of two changes of one rev it keeps the first, which may name its cause.
func (lv *level) keep(c change) {
	at, found := slices.BinarySearchFunc(lv.ahead, c.rev, func(c change, rev int64) int { return cmp.Compare(c.rev, rev) })
	if found || len(lv.ahead) >= aheadMax || lv.bytes+c.bytes() > aheadBytesMax {
		return
	}
	lv.ahead = slices.Insert(lv.ahead, at, c)
	lv.bytes += c.bytes()
}

// pop removes the lowest kept change.
func (lv *level) pop() change {
	c := lv.ahead[0]
	lv.ahead[0] = change{}
	if lv.ahead = lv.ahead[1:]; len(lv.ahead) == 0 {
		lv.ahead = nil
	}
	lv.bytes -= c.bytes()
	return c
}

// cancel removes the joins of an evicted member.
func (lv *level) cancel(m *member) {
	lv.joins = slices.DeleteFunc(lv.joins, func(j joining) bool {
		if j.member == m {
			m.opening--
		}
		return j.member == m
	})
}

// waits reports whether one of the member's joins waits.
func (lv *level) waits(m *member) bool {
	return slices.ContainsFunc(lv.joins, func(j joining) bool { return j.member == m })
}

// holdAnswer keeps the answer to a send of a member whose join waits, because the answer to the join comes first.
func (lv *level) holdAnswer(m *member, f protocol.Changed) {
	if i := slices.IndexFunc(lv.joins, func(j joining) bool { return j.member == m }); i >= 0 {
		lv.joins[i].held = append(lv.joins[i].held, f)
	}
}

// sendHeld sends the held answers, except changes that the stream will get.
func (j *joining) sendHeld() {
	for _, f := range j.held {
		if f.Message.Rev <= j.member.presence.room.told {
			j.member.session.send(f)
		}
	}
}

// stays reports whether the member is still in its room.
func (m *member) stays() bool { return !m.session.ended && m.session.member(m.presence.room.name) == m }
