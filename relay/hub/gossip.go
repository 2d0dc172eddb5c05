package hub

import (
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	whereabouts "hallway/relay/presence"
	"hallway/relay/rules"
)

// Gossip exchanges all state except room changes with the other relays on the database: presence, typing, read markers,
// acts of moderation, used-up rates. Any news may be lost: the hub reads the database again when the head check finds
// another version, and repeats the rest.
type Gossip struct {
	*shared
	bus        Bus
	reader     Reader
	rooms      *rooms
	users      *users
	activity   *activity
	moderation *moderation
	ranking    *ranking
	presence   *whereabouts.Presence
	marks      marks
	rulings    rulings
	spending   spending
	calls      calls

	pulseAt time.Time // the next pulse
	left    bool
}

func newGossip(h *Hub, b Bus, reader Reader) *Gossip {
	g := &Gossip{
		shared: h.shared, bus: b, reader: reader, rooms: &h.rooms, users: &h.users, activity: &h.activity,
		moderation: &h.moderation, ranking: &h.ranking,
	}
	g.marks = marks{Gossip: g}
	g.rulings = rulings{Gossip: g}
	g.spending = spending{Gossip: g, elsewhere: map[string]int{}, relays: map[bus.RelayID]map[string]int{}}
	g.calls = calls{Gossip: g, waits: map[bus.RelayID]bool{}, unresponsive: map[bus.RelayID]bool{}}
	g.presence = whereabouts.New(g)
	return g
}

// Tell implements [whereabouts.Host].
func (g *Gossip) Tell(n bus.News) { g.bus.Tell(n) }

// Changed implements [whereabouts.Host].
func (g *Gossip) Changed(room string) {
	if r := g.rooms.byName[room]; r != nil {
		g.rooms.markPresence(r)
	}
}

// Gone implements [whereabouts.Host].
func (g *Gossip) Gone(relay bus.RelayID) {
	g.spending.gone(relay)
	g.calls.gone(relay)
}

// tell sends news to the other relays; on a nil Gossip it does nothing.
func (g *Gossip) tell(n bus.News) {
	if g != nil {
		g.bus.Tell(n)
	}
}

// Heard takes ephemeral news of another relay.
func (g *Gossip) Heard(now time.Time, from bus.RelayID, news bus.News) {
	g.presence.Heard(now, from, news)
	switch n := news.(type) {
	case *bus.Typing:
		g.activity.typingElsewhere(now, n)
	case *bus.Told:
		g.told(now, n)
	case *bus.Purged:
		if r := g.rooms.byName[n.Room]; r != nil {
			g.windows.purged(r.window, purge{n.Epoch, n.Below})
		}
	case *bus.Acted:
		g.acted(n)
	case *bus.Revoked:
		g.revoked(n)
	case *bus.Granted:
		g.ranking.noteTokenElsewhere(now, n)
	case *bus.Spent:
		g.spending.heard(now, from, n)
	case *bus.Called:
		g.calls.called(now, from, n)
	case *bus.Levelled:
		g.calls.levelled(now, from, n)
		g.rooms.peers.end()
	}
}

// told takes another relay's frame for the streams of a room. The frame is not a message.
func (g *Gossip) told(now time.Time, n *bus.Told) {
	r := g.rooms.byName[n.Room]
	if r == nil || r.open && n.Epoch != r.epoch {
		return
	}
	frame, err := protocol.DecodeRelay(n.Frame)
	if err != nil {
		return
	}
	if !r.open {
		if f, ok := frame.(protocol.Read); ok {
			r.level.early = append(r.level.early, earlyRead{n.Epoch, n.User, f.Seq})
		}
		return
	}
	switch f := frame.(type) {
	case protocol.Settings:
		if f.Room == r.name {
			g.rulings.changed(r)
			g.rooms.setRules(r, protocol.RoomSettings{SlowModeS: f.SlowModeS, Frozen: f.Frozen, Archived: f.Archived, E2EE: f.E2EE})
		}
	case protocol.Reports:
		g.rulings.changed(r)
		g.rooms.setReports(r, f.Open)
	case protocol.Turned:
		g.rulings.changed(r)
		g.rooms.keys.setTurn(r, f.Turn)
	case protocol.Due:
		g.rulings.changed(r)
		g.rooms.keys.addDue(r, f.Out)
	case protocol.Wrapped:
		g.rooms.keys.deliver(r, f)
		g.rooms.keys.serve(now, r)
	case protocol.Wanted:
		g.rooms.keys.wantedElsewhere(now, r, f)
	case protocol.Read:
		g.marks.moved(r.name, r.epoch, n.User, f.Seq, nil)
		g.rooms.peers.now = now
		g.rooms.peers.end()
	}
}

// acted takes another relay's act of moderation.
func (g *Gossip) acted(n *bus.Acted) {
	frame, err := protocol.DecodeRelay(n.Frame)
	f, ok := frame.(protocol.Moderated)
	if err != nil || !ok || f.Room != n.Room {
		return
	}
	r := g.rooms.opened(n.Room)
	g.rulings.changed(r)
	ban := rules.Ban{Room: f.Room, User: f.User.ID}
	switch f.Act {
	case protocol.ActBan:
		g.bans.set(ban, rules.BanTerms{Until: f.Until, UpTo: n.UpTo})
	case protocol.ActUnban:
		g.bans.end(ban)
	}
	if r != nil {
		g.moderation.tellAct(nil, r, f)
	}
}

// revoked takes a revocation, its end, or the erasure of a user.
func (g *Gossip) revoked(n *bus.Revoked) {
	g.rulings.changed(nil)
	if n.Erased {
		g.moderation.forget(n.User)
		return
	}
	at := protocol.Time(n.At)
	g.revocations.set(n.User, at > 0, at)
	g.moderation.endAllRevoked(map[string]protocol.Time{n.User: at})
}

// deadline returns the time of the next wake.
func (g *Gossip) deadline() time.Time {
	first := g.pulseAt
	if g.spending.soon {
		return time.Time{}
	}
	if at, due := g.marks.deadline(); due && at.Before(first) {
		first = at
	}
	if at, due := g.calls.deadline(); due && at.Before(first) {
		first = at
	}
	return first
}

// wake does the work that is due.
func (g *Gossip) wake(now time.Time) {
	g.marks.flush(now)
	g.calls.wake(now)
	g.rooms.peers.end()
	if g.spending.soon {
		g.spending.tell(now)
	}
	if now.Before(g.pulseAt) {
		return
	}
	if g.pulseAt = now.Add(whereabouts.PulseEvery); g.left {
		return
	}
	g.rulings.readDue(now)
	g.presence.Pulse(now)
	g.spending.tell(now)
	g.rooms.tellPresence(now)
}

// leave tells the other relays that this one stops.
func (g *Gossip) leave() {
	if g != nil && !g.left {
		g.left = true
		g.presence.Leave()
	}
}

// Gossip returns the exchange with other relays; nil: the hub is alone on its database.
func (h *Hub) Gossip() *Gossip { return h.gossip }

// Online calls done with the ids of the users with a stream of a room, on any relay, perhaps before it returns. The
// caller may keep the map.
func (h *Hub) Online(now time.Time, name string, done func(users map[string]bool)) {
	if h.gossip != nil {
		h.gossip.presence.Ask(now, name, done)
		return
	}
	done(h.rooms.online(name))
}

// count returns the number of users with a stream of the room, on any relay.
func (rs *rooms) count(r *room) int {
	if rs.gossip != nil {
		return rs.gossip.presence.Count(r.name)
	}
	return r.present
}

// setPresent notes whether a user has a stream of the room on this relay.
func (rs *rooms) setPresent(r *room, user string, here bool) {
	if here {
		r.present++
	} else {
		r.present--
	}
	if rs.gossip != nil {
		rs.gossip.presence.Set(r.name, user, here)
	}
}
