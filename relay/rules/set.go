package rules

import (
	"cmp"

	"hallway/protocol"
)

// A Set is the working set of a part of a batch: the loaded rows, with the changes of the ops so far. It belongs to one
// goroutine.
type Set struct {
	Now protocol.Time
	// NewEpoch returns the epoch of a new room. Epochs are unique.
	NewEpoch func(room string) string
	// NextReport is the number of the next report.
	NextReport int64
	// ReactionUsers limits the users in the summary of a reaction.
	ReactionUsers int
	// Clear calls makeTombstone for the user's messages that are not tombstones, the oldest first, at most as many as
	// one op may clear now. It reports whether more are left.
	Clear func(r *Room, user string, makeTombstone func(*Message)) (more bool)

	// Mentions counts others' loaded messages above the read marker that mention the user or everybody, up to
	// UnreadMax; nil: no messages are loaded.
	Mentions func(r *Room, user string, read int64) int64

	// Vault holds the devices, turns and wraps of end-to-end encrypted rooms.
	Vault Vault

	// FileBytes are loaded if Keys ask for them.
	FileBytes FileBytes

	// Memberships are the next rooms of the user of a See, by key. MoreMemberships reports that more follow, Ranked
	// that the user moderates one of the others.
	Memberships     []Membership
	MoreMemberships bool
	Ranked          bool

	rooms   map[string]*Room
	ranks   map[string]protocol.Role // above participant, by user
	revoked map[string]protocol.Time

	Changes
}

// NewSet returns an empty working set.
func NewSet(now protocol.Time, newEpoch func(room string) string) *Set {
	return &Set{Now: now, NewEpoch: newEpoch, ReactionUsers: protocol.ReactionUsersMax, rooms: make(map[string]*Room)}
}

// AddRoom adds the row of a room.
func (s *Set) AddRoom(r Room) *Room {
	s.rooms[r.Name] = &r
	return &r
}

// Room returns the present state of a room; nil: there is none.
func (s *Set) Room(name string) *Room { return s.rooms[name] }

// Rooms returns the present state of all rooms, by name.
func (s *Set) Rooms() map[string]*Room { return s.rooms }

// AddRank adds a user's highest role in any room. A user without one is a participant.
func (s *Set) AddRank(user string, role protocol.Role) { put(&s.ranks, user, role) }

// AddRevocation adds the time of a revocation: tokens issued until then are invalid.
func (s *Set) AddRevocation(user string, at protocol.Time) { put(&s.revoked, user, at) }

// rank returns the user's highest role in any room, by the last token seen.
func (s *Set) rank(user string) protocol.Role {
	return cmp.Or(s.ranks[user], protocol.RoleParticipant)
}

// Do carries out an op or refuses it, and returns the outcome.
func (s *Set) Do(op *Op) Outcome {
	switch do := op.Do.(type) {
	case Revoke:
		return revoke(s, op, do)
	case See:
		return see(s, op, do)
	case Forget:
		return forget(s, do)
	case Register:
		return register(s, op, do)
	case Unregister:
		return unregister(s, op, do)
	}
	r := s.rooms[op.Room]
	if r == nil {
		switch {
		case op.asks():
			r = &Room{Name: op.Room}
		case !op.makesRoom():
			return notFound(op)
		default:
			r = s.makeRoom(op.Room)
		}
	}
	void := void(s, r, op)
	out := barred(s, r, op)
	switch send, sends := op.Do.(Send); {
	case out.Code == "":
		out = s.carryOut(r, op)
	case sends: // a stored id is answered first
		if m := r.messages[send.ID]; m != nil || send.FindOnly {
			out = resend(m, op, send)
		}
	}
	out.Void = void
	if _, drops := out.Result.(Dropped); !drops {
		out.Epoch, out.Head = r.Epoch, r.Head
	}
	return out
}

// carryOut carries out an op that the room does not bar.
func (s *Set) carryOut(r *Room, op *Op) Outcome {
	switch do := op.Do.(type) {
	case Open:
		return open(s, r, op, do)
	case Send:
		return send(s, r, op, do)
	case Upload:
		return upload(s, r, op, do)
	case Edit, Delete, React, Pin:
		return change(s, r, op)
	case Read:
		return read(s, r, op, do)
	case Configure:
		return configure(s, r, op, do.Title, do.Settings)
	case Adjust:
		return configure(s, r, op, r.Title, do.Apply(r.Settings))
	case Drop:
		return drop(s, r, op)
	case Moderate:
		return moderate(s, r, op, do)
	case Report:
		return report(s, r, op, do)
	case Resolve:
		return resolve(s, r, op, do)
	case Erase:
		return erase(s, r, do)
	case MakeTurn:
		return makeTurn(s, r, op, do)
	case HandOn:
		return handOn(s, r, op, do)
	case Want:
		return want(s, r, op, do)
	}
	panic("rules: an op does nothing") // Parts refuses it
}

// makeRoom adds the row of a new room.
func (s *Set) makeRoom(name string) *Room {
	r := s.AddRoom(Room{Name: name, Epoch: s.NewEpoch(name), MadeAt: s.Now, made: true})
	s.Made = append(s.Made, r)
	return r
}
