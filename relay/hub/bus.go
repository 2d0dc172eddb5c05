package hub

import (
	"errors"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/rules"
)

// Bus carries news to the other relays on the database. It may lose, delay, double and reorder news. Its methods never
// block and never call back.
type Bus interface {
	// Publish sends durable changes to the other relays. This hub does not receive them.
	Publish(n News)
	// Follow subscribes to the news of a room. The bus calls Hub.Followed when the subscription stands, and Hub.Heard
	// with each news until Unfollow.
	Follow(room string)
	Unfollow(room string)
	// Tell sends the other relays state that is in no database. Their Gossip.Heard takes it.
	Tell(n bus.News)
}

// Reader reads the database for the hub. Its methods never block and never call back.
type Reader interface {
	// ReadHeads reads the heads of rooms by a query that begins after the call. Hub.Heads takes the answer, exactly
	// once. The hub waits for it before it asks again.
	ReadHeads(rooms []string)
	// ReadSince reads the changes of a room with a rev above since. Hub.Healed takes the answer, exactly once. The hub
	// has one query at a time for each room.
	ReadSince(room string, since int64)
	// ReadRuling reads a room's rules. Gossip.Ruling takes the answer, exactly once. The hub has one query at a time
	// for each room.
	ReadRuling(room string)
	// ReadKnown reads the bans, revocations and ranks that hubs keep in memory. Gossip.Known takes the answer, exactly
	// once. The hub waits for it before it asks again.
	ReadKnown()
	// MarkRead writes read markers. Gossip.Marked takes the stored markers, exactly once. The hub waits for them before it
	// writes more.
	MarkRead(marks []rules.ReadMark)
}

// News reports durable changes of a room. The hub does not rely on it: it reads missing revs from the database, and a
// room's new state if the epoch differs.
type News struct {
	Room  string
	Epoch string // names the room's creation; "": the room was deleted
	First int64  // the rev of the first frame; 0: there are no frames
	Last  int64  // the highest rev
	// Frames holds the message frames of the revs from First on, one for each rev, as streams get them. It may end
	// before Last, or be empty, if the bus cannot carry more.
	Frames [][]byte

	changes []change // the frames, decoded
}

var errNews = errors.New("the news is inconsistent")

// Decode decodes the frames of news from a bus, so that the hub's owner need not do it.
func (n *News) Decode() error {
	n.changes = make([]change, len(n.Frames))
	for i, frame := range n.Frames {
		f, err := protocol.DecodeRelay(frame)
		if err != nil {
			return err
		}
		changed, ok := f.(protocol.Changed)
		m := &changed.Message
		if !ok || m.Room != n.Room || m.Rev != n.First+int64(i) || m.Rev > n.Last {
			return errNews
		}
		n.changes[i] = change{rev: m.Rev, frame: frame, entry: entryOf(m, m.Append(nil))}
	}
	return nil
}

// A Heal holds a page of a room's changes, read from the database to fill a hole: the latest state of every message
// with a rev above Since and at most To.
type Heal struct {
	Epoch     string
	Since, To int64
	Head      int64 // the room's head
	changes   []change
}

// HealOf converts a page of changes since a rev. It encodes the messages, so that the hub's owner need not.
func HealOf(since int64, p *protocol.Page) Heal {
	h := Heal{Epoch: p.Epoch, Since: since, To: p.Head, Head: p.Head, changes: make([]change, len(p.Messages))}
	for i := range p.Messages {
		m := &p.Messages[i]
		json := m.Append(nil)
		h.changes[i] = change{rev: m.Rev, entry: entryOf(m, json), frame: protocol.Changed{}.AppendEncoded(nil, json)}
	}
	if n := len(p.Messages); p.More && n > 0 {
		h.To = p.Messages[n-1].Rev
	}
	return h
}

// Share tells a hub, before its first call, that other relays write the same database. The hub then sends streams the
// other relays' commits as well, and no rev above a hole.
func (h *Hub) Share(bus Bus, reader Reader) {
	h.gossip = newGossip(h, bus, reader)
	h.rooms.peers = newPeers(h, bus, reader)
}

// Followed notes that the news of these rooms arrive from now on. The hub may have missed earlier news.
func (h *Hub) Followed(now time.Time, rooms []string) { h.rooms.peers.followed(now, rooms) }

// Heard takes decoded news of another relay.
func (h *Hub) Heard(now time.Time, n News) { h.rooms.peers.heard(now, &n) }

// Heads takes the answer to ReadHeads. After an error the heads remain unknown.
func (h *Hub) Heads(now time.Time, heads rules.Heads, err error) {
	h.rooms.peers.heads(now, &heads, err)
}

// Healed takes the answer to ReadSince for a room.
func (h *Hub) Healed(now time.Time, room string, heal Heal, err error) {
	h.rooms.peers.healed(now, room, &heal, err)
}

// BusUp notes whether the bus works. The engine also calls it when news may have been lost: the hub then reads all
// heads at once, and again every CheckEveryDown while the bus is down.
func (h *Hub) BusUp(now time.Time, up bool) { h.rooms.peers.busUp(now, up) }

// Deadline returns the time of the next Wake; before the first Wake it is zero.
func (h *Hub) Deadline() time.Time {
	at := h.rooms.peers.deadline()
	if other := h.gossip.deadline(); other.Before(at) {
		return other
	}
	return at
}

// Wake does the work that is due between two ticks.
func (h *Hub) Wake(now time.Time) {
	h.rooms.peers.wake(now)
	h.gossip.wake(now)
}
