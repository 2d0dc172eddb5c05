package rules

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"

	"hallway/protocol"
)

// A Room is the row of a room, with its rows that a batch touches.
type Room struct {
	Key    int64 // the store's key
	Name   string
	Epoch  string
	MadeAt protocol.Time // set if the batch makes the room
	Head   int64
	LastAt protocol.Time // created_at of the newest message
	// Title and Settings are loaded if Keys ask for them.
	Title, Settings string
	// Rules are the settings that the relay itself enforces.
	Rules   protocol.RoomSettings
	Reports int64 // the number of open reports
	Ruled   int64 // Head.Rules, if the store counts it
	// FileBytes is the size of the room's files, loaded if Keys ask for it.
	FileBytes int64

	made, dropped, grown, configured bool

	standings map[string]*Standing // by user
	members   map[string]*Member   // by user
	messages  map[string]*Message  // by id
	reports   []*ReportRow
	mentions  []*Message       // includes all messages with changed mentions
	files     map[string]*File // by id
	lock      *Lock            // nil: not read
}

// A Standing holds a user's sanctions in a room, and the time of the last message in slow mode.
type Standing struct {
	Mute, Ban *Sanction // nil: none; it may have ended
	// SentAt is the time of a participant's last message or edit in slow mode; 0: never.
	SentAt protocol.Time
}

// A Sanction is the row of a mute or a ban.
type Sanction struct {
	Until  protocol.Time // 0: for ever
	Reason string
	By     protocol.User // with the role at that time
	At     protocol.Time
	// Known reports that the user was a member when the sanction was made.
	Known bool
}

// A Member is the row of a member.
type Member struct {
	User     protocol.User
	Read     int64
	JoinedAt protocol.Time
	Gone     bool // the row was deleted

	room    *Room
	had     string // the name at loading
	changed bool
}

// A Message is the row of a message.
type Message struct {
	protocol.Message
	MadeAs Fingerprint

	room *Room
	// reactions are the rows of some users; nil stands for a deleted row.
	reactions map[reactor]*Reaction
	// unnamed are the users who follow those in the summary, by emoji and in their order: as many as may become named.
	unnamed map[string][]string

	had []protocol.Mention // the mentions at loading

	made, changed bool
	listed        bool     // in Changes
	mentions      bool     // in Room.mentions
	disowned      bool     // the sender was replaced
	bare          bool     // all of its reactions were deleted
	emptied       []string // emoji without users
	unfiled       bool     // its files were deleted
}

type reactor struct{ user, emoji string }

// A Reaction is the row of a user's reaction to a message.
type Reaction struct {
	User, Emoji string
	// Rev is the rev of the reaction; 0: the user took the reaction back, but the row stays because the user brought
	// the emoji, which others still use.
	Rev     int64
	Brought bool // the user was the first to use the emoji

	changed bool
}

// A ReportRow is the row of a report.
type ReportRow struct {
	protocol.ReportEntry
	room          *Room
	made, changed bool
}

// An AuditRow is an entry of the audit, without its number.
type AuditRow struct {
	Room string
	protocol.AuditEntry
}

// A Membership is a room in which the user of a See is a member.
type Membership struct {
	Key  int64 // the room's
	Room string
	Role protocol.Role
}

// A Fingerprint identifies the original content of a message. The store keeps it beside the message, so that a resend
// is recognised even after edits. It covers the id too, so that equal texts do not have equal fingerprints.
type Fingerprint [16]byte

// fingerprint returns the fingerprint of a send. A sender who finds a collision deceives nobody else.
func fingerprint(s *protocol.Send) (f Fingerprint) {
	parts := []string{s.ID, s.Text, s.ReplyTo}
	if e := s.Encrypted; e != nil {
		parts = append(parts, e.Alg, e.Kid, e.IV, e.CT)
	}
	if len(s.Mentions) > 0 {
		parts = append(parts, "mentions")
	}
	for _, m := range s.Mentions {
		parts = append(parts, strconv.FormatInt(m.At, 10), strconv.FormatInt(m.Len, 10), m.User) // "": all users
	}
	for _, file := range s.Files {
		parts = append(parts, "file", file.ID, file.Alt)
	}
	var content []byte
	for _, part := range parts {
		content = binary.AppendUvarint(content, uint64(len(part)))
		content = append(content, part...)
	}
	sum := sha256.Sum256(content)
	copy(f[:], sum[:])
	return f
}

// AddStanding adds a user's standing. A user without one has no sanctions.
func (r *Room) AddStanding(user string, s Standing) { put(&r.standings, user, &s) }

// AddMember adds the row of a member.
func (r *Room) AddMember(m Member) {
	m.room, m.had = r, m.User.Name
	put(&r.members, m.User.ID, &m)
}

// AddMessage adds the row of a message.
func (r *Room) AddMessage(m Message) *Message {
	m.room = r
	if !m.made {
		m.had = m.Mentions
	}
	put(&r.messages, m.ID, &m)
	return &m
}

// AddReport adds the row of a report.
func (r *Room) AddReport(e protocol.ReportEntry) {
	if slices.ContainsFunc(r.reports, func(row *ReportRow) bool { return row.N == e.N }) {
		return
	}
	r.reports = append(r.reports, &ReportRow{ReportEntry: e, room: r})
}

// Message returns the row of a loaded or new message; nil: there is none.
func (r *Room) Message(id string) *Message { return r.messages[id] }

// Dropped reports whether the batch deletes the room.
func (r *Room) Dropped() bool { return r.dropped }

// AddReaction adds the row of a user's reaction.
func (m *Message) AddReaction(r Reaction) { put(&m.reactions, reactor{r.User, r.Emoji}, &r) }

// AddUnnamed adds users who follow those in the summary of an emoji, in the order of their reactions.
func (m *Message) AddUnnamed(emoji string, users []string) { put(&m.unnamed, emoji, users) }

// NameBefore returns the member's name at loading; "": none.
func (m *Member) NameBefore() string { return m.had }

// In returns the room of the message.
func (m *Message) In() *Room { return m.room }

// In returns the member's room.
func (m *Member) In() *Room { return m.room }

// In returns the room of the report.
func (r *ReportRow) In() *Room { return r.room }

// Made reports whether the batch has made the room.
func (r *Room) Made() bool { return r.made }

// Made reports whether the batch has made the report.
func (r *ReportRow) Made() bool { return r.made }

// Made reports whether the batch has made the message.
func (m *Message) Made() bool { return m.made }

// Changed reports whether the message's rev has changed since loading.
func (m *Message) Changed() bool { return m.changed }

// Disowned reports whether the message's sender and fingerprint were replaced.
func (m *Message) Disowned() bool { return m.disowned }

// Unfiled reports whether the store must delete the rows of the message's files.
func (m *Message) Unfiled() bool { return m.unfiled }

// Unreacted returns the rows of reactions that the store must delete before it saves ReactionChanges: all, or those
// with some emoji.
func (m *Message) Unreacted() (all bool, emoji []string) { return m.bare, m.emptied }

// ReactionChanges returns the rows of reactions to save, and the rows to delete.
func (m *Message) ReactionChanges() (save, gone []Reaction) {
	for key, row := range m.reactions {
		switch {
		case row == nil:
			gone = append(gone, Reaction{User: key.user, Emoji: key.emoji})
		case row.changed:
			save = append(save, *row)
		}
	}
	return save, gone
}

// put sets an entry of a map, and makes the map if it is nil.
func put[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[key] = value
}
