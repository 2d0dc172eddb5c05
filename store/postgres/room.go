package postgres

import (
	"hallway/protocol"
	"hallway/relay/rules"
)

// A room is what a relay keeps in mind of a room. Other relays change the room too: head and rules are the versions by
// which a commit finds out whether the rest still holds.
type room struct {
	key      int64
	epoch    string
	head     int64
	lastAt   protocol.Time // created_at of the newest message, or an earlier time
	rules    int64
	settings protocol.RoomSettings
	reports  int64 // open ones
	// sanctions are those of the room by user, some of which may be over. The copies of a room share it.
	sanctions map[string]rules.Standing
}

// sender is a user in a life of a room.
type sender struct{ epoch, user string }

const (
	// roomsKeptMax limits the rooms that are kept in mind, some 250 bytes each beside their sanctions.
	roomsKeptMax = 10_000
	// sanctionsKeptMax limits the sanctions that are kept in mind, some 300 bytes each.
	sanctionsKeptMax = 100_000
)

// row returns the room for the rulebook.
func (r *room) row(name string) rules.Room {
	return rules.Room{Key: r.key, Name: name, Epoch: r.epoch, Head: r.head, LastAt: r.lastAt, Rules: r.settings, Reports: r.reports, Ruled: r.rules}
}

// keep keeps rooms in mind as they have been committed.
func (s *Store) keep(rooms map[string]*room, gone []string) {
	for _, name := range gone {
		delete(s.rooms, name)
	}
	if len(s.rooms)+len(rooms) > roomsKeptMax || s.sanctions > sanctionsKeptMax {
		s.forgetRooms()
	}
	for name, r := range rooms {
		if len(s.rooms) == roomsKeptMax || s.sanctions > sanctionsKeptMax {
			return
		}
		if old := s.rooms[name]; old == nil || old.rules != r.rules || old.key != r.key {
			s.sanctions += len(r.sanctions)
		}
		s.rooms[name] = r
	}
}

// forgetRooms forgets all that is kept in mind.
func (s *Store) forgetRooms() {
	clear(s.rooms)
	s.sanctions = 0
}
