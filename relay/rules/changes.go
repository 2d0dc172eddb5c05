package rules

import (
	"slices"

	"hallway/protocol"
)

// Changes are the rows that a part of a batch has changed, in their present state. They hold no rows of a dropped room.
type Changes struct {
	Made       []*Room // new
	Dropped    []*Room
	Grown      []*Room // with another Head
	Configured []*Room // with another Title or Settings
	Messages   []*Message
	Members    []*Member
	Sanctions  []SanctionChange
	Reports    []*ReportRow
	Files      []*File // new, or newly in a message
	Audit      []AuditRow
	Locked     []*Room // rooms with a new turn, or with another reason for one

	Sent         []SentChange
	Roles        []RoleChange
	Ranks        []RankChange
	Revocations  []RevocationChange
	Forgotten    *Forget // a user to remove from everything but messages
	Tombstones   int     // messages of TombstonesOf that an Erase has turned into tombstones
	TombstonesOf string

	// Forgets reports that deleted data must not stay readable in the database file.
	Forgets bool
}

// A SanctionChange is a new mute or ban, or the end of one.
type SanctionChange struct {
	Room *Room
	User string
	Kind protocol.Act
	Now  *Sanction // nil: the sanction ended
}

// A SentChange is the time at which a participant sent or edited in slow mode.
type SentChange struct {
	Epoch, User string
	At          protocol.Time
}

// A RoleChange is a member's role in a room by a new token.
type RoleChange struct {
	Membership
	User string
}

// A RankChange is a user's highest role in any room.
type RankChange struct {
	User string
	Role protocol.Role // a participant has no row
}

// A RevocationChange is a revocation of a user's tokens, or the end of one.
type RevocationChange struct {
	User string
	At   protocol.Time // the time of the revocation; 0: it ended
}

// grow gives the room its next rev, and returns it.
func (c *Changes) grow(r *Room) int64 {
	r.Head++
	if !r.grown {
		r.grown = true
		c.Grown = append(c.Grown, r)
	}
	return r.Head
}

// list adds a message to the changes.
func (c *Changes) list(m *Message) {
	if !m.listed {
		m.listed = true
		c.Messages = append(c.Messages, m)
	}
	m.noteMentions()
}

// setMember adds a member's row, or replaces a deleted one.
func (c *Changes) setMember(r *Room, m Member) {
	if old := r.members[m.User.ID]; old != nil {
		m.room, m.changed, m.had = old.room, old.changed, old.had
		*old = m
	} else {
		r.AddMember(m)
		r.members[m.User.ID].had = ""
	}
	c.changeMember(r.members[m.User.ID])
}

func (c *Changes) changeMember(m *Member) *Member {
	if !m.changed {
		m.changed = true
		c.Members = append(c.Members, m)
	}
	return m
}

// setSanction replaces the user's sanction of that kind; nil ends it.
func (c *Changes) setSanction(r *Room, user string, kind protocol.Act, next *Sanction) {
	if r.standings[user] == nil {
		r.AddStanding(user, Standing{})
	}
	*r.standings[user].Kind(kind) = next
	c.Sanctions = append(c.Sanctions, SanctionChange{Room: r, User: user, Kind: kind, Now: next})
}

// noteLocked adds a room whose encryption has changed.
func (c *Changes) noteLocked(r *Room) {
	if !slices.Contains(c.Locked, r) {
		c.Locked = append(c.Locked, r)
	}
}

// removeChanges removes a room's rows from the changes.
func (c *Changes) removeChanges(r *Room) {
	is := func(x *Room) bool { return x == r }
	c.Made, c.Grown, c.Configured = slices.DeleteFunc(c.Made, is), slices.DeleteFunc(c.Grown, is), slices.DeleteFunc(c.Configured, is)
	c.Locked = slices.DeleteFunc(c.Locked, is)
	c.Messages = slices.DeleteFunc(c.Messages, func(m *Message) bool { return m.room == r })
	c.Files = slices.DeleteFunc(c.Files, func(f *File) bool { return f.room == r })
	c.Members = slices.DeleteFunc(c.Members, func(m *Member) bool { return m.room == r })
	c.Reports = slices.DeleteFunc(c.Reports, func(e *ReportRow) bool { return e.room == r })
	c.Sanctions = slices.DeleteFunc(c.Sanctions, func(s SanctionChange) bool { return s.Room == r })
}

// Ruled returns the rooms whose Head.Rules grows by one.
func (c *Changes) Ruled() []*Room {
	var rooms []*Room
	add := func(r *Room) {
		if !slices.Contains(rooms, r) {
			rooms = append(rooms, r)
		}
	}
	for _, r := range c.Configured {
		add(r)
	}
	for _, r := range c.Locked {
		add(r)
	}
	for _, change := range c.Sanctions {
		add(change.Room)
	}
	for _, r := range c.Reports {
		add(r.room)
	}
	return rooms
}

// Everywhere reports whether Heads.Revocations grows, because a change concerns the state of all rooms that relays keep
// in memory.
func (c *Changes) Everywhere() bool {
	bans := func(s SanctionChange) bool { return s.Kind == protocol.ActBan }
	return len(c.Revocations)+len(c.Ranks)+len(c.Roles)+len(c.Dropped) > 0 || c.Forgotten != nil || slices.ContainsFunc(c.Sanctions, bans)
}
