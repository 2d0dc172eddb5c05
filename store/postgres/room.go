package postgres

import (
	"hallway/protocol"
	"hallway/relay/rules"
)

// A room holds a relay's memory of a room. Other relays change the room too: a commit compares head and rules with the
// stored ones, and uses the rest only if they are the same.
type room struct {
	key      int64
	epoch    string
	head     int64
	lastAt   protocol.Time // created_at of the newest message, or an earlier time
	rules    int64
	settings protocol.RoomSettings
	reports  int64 // the number of open reports
	// sanctions holds the room's sanctions by user; some may have ended. The copies of a room share the map.
	sanctions map[string]rules.Standing
}

// sender is a user in a room of an epoch.
type sender struct{ epoch, user string }

const (
	// roomsKeptMax limits the remembered rooms, about 250 bytes each without their sanctions.
	roomsKeptMax = 10_000
	// sanctionsKeptMax limits the remembered sanctions, about 300 bytes each.
	sanctionsKeptMax = 100_000
)

// row returns the room for the rulebook.
func (r *room) row(name string) rules.Room {
	return rules.Room{Key: r.key, Name: name, Epoch: r.epoch, Head: r.head, LastAt: r.lastAt, Rules: r.settings, Reports: r.reports, Ruled: r.rules}
}

// kept holds rooms in their state after the last commits.
type kept struct {
	rooms     map[string]*room
	sanctions int // an upper bound of the sanctions in rooms
}

// keep remembers committed rooms, and forgets dropped ones.
func (k *kept) keep(rooms map[string]*room, gone []string) {
	for _, name := range gone {
		delete(k.rooms, name)
	}
	if len(k.rooms)+len(rooms) > roomsKeptMax || k.sanctions > sanctionsKeptMax {
		k.forget()
	}
	for name, r := range rooms {
		if len(k.rooms) == roomsKeptMax || k.sanctions > sanctionsKeptMax {
			return
		}
		if old := k.rooms[name]; old == nil || old.rules != r.rules || old.key != r.key {
			k.sanctions += len(r.sanctions)
		}
		k.rooms[name] = r
	}
}

// forget forgets all rooms.
func (k *kept) forget() {
	clear(k.rooms)
	k.sanctions = 0
}
