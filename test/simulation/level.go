package simulation

import (
	"maps"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

const (
	// levelMax is the time within which a change must reach all relays and streams if its news are lost.
	levelMax = 6 * time.Second
	// toldMax is the time within which streams must get the number of users after a join or leave.
	toldMax = 3 * time.Second
	// rereadMax is the time within which relays read bans again if the bans changed during a read.
	rereadMax = 2 * time.Second
	// presenceMax is the time after a relay's silence within which all relays agree about the members of a room.
	presenceMax = 8 * time.Second
)

// heardOf holds the state of the room without its messages, as the relay has told it on a link.
type heardOf struct {
	members  int64 // users in the room
	slowMode int64
}

// hearsOf records a frame about the room.
func (l *link) hearsOf(f protocol.RelayFrame) {
	switch f := f.(type) {
	case protocol.Joined:
		l.members = f.Members
	case protocol.Presence:
		l.members = f.Members
	case protocol.Settings:
		l.slowMode = f.SlowModeS
	}
}

// sound reports whether the link delivers frames in both directions.
func (l *link) sound() bool { return !l.left && !l.shut && !l.up.dead && !l.down.dead }

// slowModeLater is the value of slow mode that checkLevel sets. No room has it before.
const slowModeLater = 2

// checkLevel stores a message, a ban and a setting in each room without news, and checks that they reach all relays and
// streams in time, and that every stream has the right number of members.
func (c *lastChecks) checkLevel() {
	w := c.w
	w.run(max(0, w.cluster.quiet-w.now) + presenceMax)
	var links []*link
	for _, p := range w.pages {
		if l := p.link; l != nil && l.live && l.sound() && w.now >= l.stalled {
			links = append(links, l)
		}
	}
	heads, online, relays := map[string]int64{}, w.cluster.online(), w.cluster.started
	mo, slow := protocol.User{ID: "mo", Role: protocol.RoleOrganizer}, int64(slowModeLater)
	for _, room := range w.rooms {
		change := c.changeOf(room)
		if change == nil {
			continue
		}
		w.db.commit(start.Add(w.now+w.db.skew),
			rules.Op{Room: room, Sender: mo, Do: change},
			rules.Op{Room: room, Sender: mo, Do: rules.Moderate{Act: protocol.ActBan, User: "troll"}},
			rules.Op{Room: room, Sender: mo, Do: rules.Adjust{Adjust: protocol.Adjust{Room: room, SlowModeS: &slow}}})
		heads[room] = w.db.store.Life(room).Head()
	}
	w.run(levelMax + w.weather.commit + w.weather.latency)
	same := maps.Equal(online, w.cluster.online()) && relays == w.cluster.started && w.now-w.cluster.moved > toldMax
	for _, l := range links {
		room := l.p.room
		head, changed := heads[room]
		switch {
		case !changed || l.p.link != l || !l.sound():
		case l.told < head:
			w.fail("%v was told of rev %d, %v after rev %d was stored", l, l.told, levelMax, head)
		case l.slowMode != slow:
			w.fail("%v was told of slow mode %d, %v after it became %d", l, l.slowMode, levelMax, slow)
		case same && l.members != online[room]:
			w.fail("%v was told of %d users in the room, and there are %d", l, l.members, online[room])
		}
	}
	if w.sealed.on {
		w.run(rereadMax) // the ban is followed by a turn
	}
	c.checkBans(heads)
}

// changeOf returns a change of a room's messages: a new message, or a pin if mo has no key to write
// with. It returns nil if nothing in the room can be changed.
func (c *lastChecks) changeOf(room string) rules.Action {
	w := c.w
	if w.sealed.on {
		life := w.db.store.Life(room)
		for i := life.Len() - 1; i >= 0; i-- {
			if m := life.Message(i); !m.Deleted() {
				return rules.Pin{ID: m.ID, On: !m.Pinned}
			}
		}
		return nil
	}
	it := w.people.writeText("mo", room, nil, "")
	return rules.Send{Send: protocol.Send{Room: room, ID: it.id, Text: it.text}}
}

// checkBans checks that all relays know of the bans of checkLevel in its rooms.
func (c *lastChecks) checkBans(rooms map[string]int64) {
	w := c.w
	for _, r := range w.cluster.relays {
		for room := range rooms {
			if _, banned := r.hub.Bans().Of(r.clock(), rules.Ban{Room: room, User: "troll"}, protocol.RoleParticipant); !banned {
				w.fail("%s does not know of a ban in %s", r.name, room)
			}
		}
	}
}
