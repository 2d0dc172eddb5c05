package rules

import (
	"slices"

	"hallway/protocol"
)

// A Set is the working set of a part of a batch: the rows that its ops may touch, as a
// store has loaded them, and what the ops have made of them. It belongs to one goroutine.
type Set struct {
	Now protocol.Time
	// NewEpoch returns the name for the next life of a room; no two lives share one.
	NewEpoch func(room string) string
	// NextReport is the number of the next report.
	NextReport int64
	// ReactionUsers limits the users whom the summary of a reaction names.
	ReactionUsers int
	// Clear calls bury for messages of a user that are not tombstones, the oldest first, as
	// many as one op may clear at present, and reports whether some are left.
	Clear func(r *Room, user string, bury func(*Message)) (more bool)

	// Mentions counts messages of others in the room, with a seq above the read marker, that mention the user or
	// everybody, up to UnreadMax and as they were loaded; nil: there are none.
	Mentions func(r *Room, user string, read int64) int64

	// Vault holds what belongs to end-to-end encrypted rooms.
	Vault Vault

	// FileBytes are loaded where Keys ask for them.
	FileBytes FileBytes

	// Memberships are the next rooms of the user of a See, by key; MoreMemberships reports
	// that others follow, Ranked that the user moderates one that is not among them.
	Memberships     []Membership
	MoreMemberships bool
	Ranked          bool

	rooms   map[string]*Room
	ranks   map[string]protocol.Role // above participant, by user
	revoked map[string]protocol.Time

	Changes
}

// Changes are the rows that a part of a batch has changed, each as it is now. What belonged
// to a room that was dropped is not among them.
type Changes struct {
	Made       []*Room // new
	Dropped    []*Room
	Grown      []*Room // have another Head
	Configured []*Room // have another Title or Settings
	Messages   []*Message
	Members    []*Member
	Sanctions  []SanctionChange
	Reports    []*ReportRow
	Files      []*File // new, or in a message now
	Audit      []AuditRow
	Locked     []*Room // those whose newest turn, or whether one is due, has changed

	Sent        []SentChange
	Roles       []RoleChange
	Ranks       []RankChange
	Revocations []RevocationChange
	Forgotten   *Forget // a user to take out of everything that is not a message
	Buried      int     // messages of BuriedOf that an Erase has made tombstones of the pseudonym
	BuriedOf    string

	// Forgets reports that something was taken away which must not stay readable.
	Forgets bool
}

// A SanctionChange is a mute or a ban that was made, or ended.
type SanctionChange struct {
	Room *Room
	User string
	Kind protocol.Act
	Now  *Sanction // nil: ended
}

// A SentChange tells when a participant has sent or edited in slow mode.
type SentChange struct {
	Epoch, User string
	At          protocol.Time
}

// A RoleChange is a member's role in a room, by a token that was seen.
type RoleChange struct {
	Membership
	User string
}

// A RankChange is a user's highest role in any room.
type RankChange struct {
	User string
	Role protocol.Role // a participant has no row
}

// A RevocationChange revokes the tokens of a user, or ends that.
type RevocationChange struct {
	User string
	At   protocol.Time // the time of the revocation; 0: it ended
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

// Room returns the room of that name as the ops so far have left it, nil where there is none.
func (s *Set) Room(name string) *Room { return s.rooms[name] }

// Rooms returns all rooms as the ops so far have left them, by name.
func (s *Set) Rooms() map[string]*Room { return s.rooms }

// AddRank adds a user's highest role in any room. Without it a user is a participant.
func (s *Set) AddRank(user string, role protocol.Role) { put(&s.ranks, user, role) }

// AddRevocation adds the time of a revocation: tokens issued until then are not valid.
func (s *Set) AddRevocation(user string, at protocol.Time) { put(&s.revoked, user, at) }

// Do carries out an op or refuses it, and returns the outcome.
func (s *Set) Do(op *Op) Outcome {
	switch do := op.Do.(type) {
	case Revoke:
		return s.revoke(op, do)
	case See:
		return s.see(op, do)
	case Forget:
		return s.forget(do)
	case Register:
		return s.register(op, do)
	case Unregister:
		return s.unregister(op, do)
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
	void := s.void(r, op)
	out := s.barred(r, op)
	switch send, sends := op.Do.(Send); {
	case out.Code == "":
		out = s.carryOut(r, op)
	case sends: // an id that was stored before is answered first
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

// carryOut does what the room does not bar.
func (s *Set) carryOut(r *Room, op *Op) Outcome {
	switch do := op.Do.(type) {
	case Open:
		return s.open(r, op, do)
	case Send:
		return s.send(r, op, do)
	case Upload:
		return s.upload(r, op, do)
	case Edit, Delete, React, Pin:
		return s.change(r, op)
	case Read:
		return s.read(r, op, do)
	case Configure:
		return s.configure(r, op, do.Title, do.Settings)
	case Adjust:
		return s.configure(r, op, r.Title, do.Apply(r.Settings))
	case Drop:
		return s.drop(r, op)
	case Moderate:
		return s.moderate(r, op, do)
	case Report:
		return s.report(r, op, do)
	case Resolve:
		return s.resolve(r, op, do)
	case Erase:
		return s.erase(r, do)
	case MakeTurn:
		return s.makeTurn(r, op, do)
	case HandOn:
		return s.handOn(r, op, do)
	case Want:
		return s.want(r, op, do)
	}
	panic("rules: an op does nothing") // Parts has refused it
}

func (s *Set) makeRoom(name string) *Room {
	r := s.AddRoom(Room{Name: name, Epoch: s.NewEpoch(name), MadeAt: s.Now, made: true})
	s.Made = append(s.Made, r)
	return r
}

// grow takes the room's next rev.
func (s *Changes) grow(r *Room) int64 {
	r.Head++
	if !r.grown {
		r.grown = true
		s.Grown = append(s.Grown, r)
	}
	return r.Head
}

// drop deletes the room with all that belongs to it.
func (s *Set) drop(r *Room, op *Op) Outcome {
	delete(s.rooms, r.Name)
	r.dropped = true
	s.Forgets = true
	s.removeChanges(r)
	if !r.made {
		s.Dropped = append(s.Dropped, r)
	}
	s.audit(op, "drop", "", "", nil)
	return Outcome{Result: Dropped{}}
}

// removeChanges takes out of the changes what belongs to a room.
func (s *Changes) removeChanges(r *Room) {
	is := func(x *Room) bool { return x == r }
	s.Made, s.Grown, s.Configured = slices.DeleteFunc(s.Made, is), slices.DeleteFunc(s.Grown, is), slices.DeleteFunc(s.Configured, is)
	s.Locked = slices.DeleteFunc(s.Locked, is)
	s.Messages = slices.DeleteFunc(s.Messages, func(m *Message) bool { return m.room == r })
	s.Files = slices.DeleteFunc(s.Files, func(f *File) bool { return f.room == r })
	s.Members = slices.DeleteFunc(s.Members, func(m *Member) bool { return m.room == r })
	s.Reports = slices.DeleteFunc(s.Reports, func(e *ReportRow) bool { return e.room == r })
	s.Sanctions = slices.DeleteFunc(s.Sanctions, func(c SanctionChange) bool { return c.Room == r })
}

// open makes the sender a member and answers with the state of the room.
func (s *Set) open(r *Room, op *Op, do Open) Outcome {
	joins := op.Sender
	if do.Rank != "" {
		joins.Role = do.Rank
	}
	locked, refused := s.locked(r, op, do.Device)
	if refused.Code != "" {
		return refused
	}
	opened := Opened{Read: s.join(r, joins), Locked: locked, Settings: r.Rules, Reports: r.Reports, Ruled: r.Ruled}
	opened.Mentions = s.unreadMentions(r, joins.ID, max(opened.Read, do.Read))
	if mute := r.standing(joins.ID).Mute; mute.inForce(s.Now) {
		opened.Mute = mute.of(op.Sender, protocol.ActMute)
	}
	return Outcome{Result: opened}
}

// join makes the user a member, or notes a member's present name and role, and returns the
// read marker. A member who comes again as before changes nothing: after a restart of the
// relay everybody does.
func (s *Set) join(r *Room, u protocol.User) int64 {
	m := r.members[u.ID]
	if m == nil || m.Gone {
		s.setMember(r, Member{User: u, JoinedAt: s.Now})
		return 0
	}
	if m.User != u {
		s.changeMember(m).User = u
	}
	return m.Read
}

// setMember puts a member's row in the place of one that is gone, or of none.
func (s *Changes) setMember(r *Room, m Member) {
	if old := r.members[m.User.ID]; old != nil {
		m.room, m.changed, m.had = old.room, old.changed, old.had
		*old = m
	} else {
		r.AddMember(m)
		r.members[m.User.ID].had = ""
	}
	s.changeMember(r.members[m.User.ID])
}

func (s *Changes) changeMember(m *Member) *Member {
	if !m.changed {
		m.changed = true
		s.Members = append(s.Members, m)
	}
	return m
}

// member returns the row of a member, nil if the user is not one.
func (r *Room) member(user string) *Member {
	if m := r.members[user]; m != nil && !m.Gone {
		return m
	}
	return nil
}

// read moves the sender's read marker forward. A user who is not a member has none.
func (s *Set) read(r *Room, op *Op, do Read) Outcome {
	m := r.member(op.Sender.ID)
	if m == nil {
		return Outcome{Result: Marked{}}
	}
	if to := min(do.Seq, r.Head); to > m.Read {
		s.changeMember(m).Read = to
	}
	return Outcome{Result: Marked{Read: m.Read}}
}

// configure sets the room's title and settings.
func (s *Set) configure(r *Room, op *Op, title, settings string) Outcome {
	var d details
	if title != r.Title {
		d = d.member("title", quote(title))
	}
	if settings != r.Settings {
		d = d.member("settings", object(settings))
	}
	changed := d != nil
	next, _ := protocol.ReadSettings(settings) // what is not a setting counts as none
	if had := r.Rules.E2EE; had != 0 && next.E2EE != had {
		return refuse(protocol.CodeConflict, "a room that is end-to-end encrypted stays so")
	}
	if changed {
		s.Forgets = true // the settings of before
		r.Title, r.Settings, r.Rules = title, settings, next
		if !r.configured {
			r.configured = true
			s.Configured = append(s.Configured, r)
		}
		s.audit(op, "configure", "", "", d)
	}
	_, adjusts := op.Do.(Adjust)
	return Outcome{Result: Configured{Settings: r.Rules, New: changed && adjusts}}
}
