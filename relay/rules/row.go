package rules

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"

	"hallway/protocol"
)

// A Room is the row of a room, with the rows of it that a batch touches.
type Room struct {
	Key    int64 // the store's own
	Name   string
	Epoch  string
	MadeAt protocol.Time // of a room that the batch makes
	Head   int64
	LastAt protocol.Time // created_at of the newest message
	// Title and Settings are loaded where Keys ask for them.
	Title, Settings string
	// Rules are the settings that the relay itself acts on.
	Rules   protocol.RoomSettings
	Reports int64 // open ones
	Ruled   int64 // Head.Rules, where the store counts it
	// FileBytes are those of the room's files, where Keys ask for them.
	FileBytes int64

	made, dropped, grown, configured bool

	standings map[string]*Standing // by user
	members   map[string]*Member   // by user
	messages  map[string]*Message  // by id
	reports   []*ReportRow
	mentions  []*Message       // those that have other mentions than they were loaded with, and some others
	files     map[string]*File // by id
	lock      *Lock            // nil: not read
}

// A Standing holds what a user may not do in a room, and when the user sent last.
type Standing struct {
	Mute, Ban *Sanction // nil: none; it may be over
	// SentAt is the time when a participant sent or edited last in slow mode; 0: never.
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
	Gone     bool // there is no such row any more

	room    *Room
	had     string // the name with which it was loaded
	changed bool
}

// A Message is the row of a message.
type Message struct {
	protocol.Message
	MadeAs Fingerprint

	room *Room
	// reactions are the rows of some users; nil stands for a row that is gone.
	reactions map[reactor]*Reaction
	// unnamed are users behind those whom the summary names, by emoji and in their order:
	// as many as may have to be named.
	unnamed map[string][]string

	had []protocol.Mention // the mentions with which it was loaded

	made, changed bool
	listed        bool     // in Changes
	mentions      bool     // in Room.mentions
	disowned      bool     // has another sender
	bare          bool     // all of its reactions are gone
	emptied       []string // emoji that nobody has any more
	unfiled       bool     // its files are gone
}

type reactor struct{ user, emoji string }

// A Reaction is the row of a user's reaction to a message.
type Reaction struct {
	User, Emoji string
	// Rev is the rev that the reaction took; 0: the user has taken back the reaction, but
	// was the one who brought the emoji, which others still use.
	Rev     int64
	Brought bool // nobody had used the emoji before

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

// A Fingerprint identifies the content that a message was made with. It is kept beside the
// message, so that a resend is recognised even after edits. The id goes in too: equal texts
// do not show by equal fingerprints.
type Fingerprint [16]byte

// fingerprint returns that of a send. A sender who finds a collision deceives nobody else.
func fingerprint(s *protocol.Send) (f Fingerprint) {
	parts := []string{s.ID, s.Text, s.ReplyTo}
	if e := s.Encrypted; e != nil {
		parts = append(parts, e.Alg, e.Kid, e.IV, e.CT)
	}
	if len(s.Mentions) > 0 {
		parts = append(parts, "mentions")
	}
	for _, m := range s.Mentions {
		parts = append(parts, strconv.FormatInt(m.At, 10), strconv.FormatInt(m.Len, 10), m.User) // "": all
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

// AddStanding adds what is known of a user. Without it a user has a clean record.
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

// Message returns the row of a message that was added or that the batch has made, nil
// where there is none.
func (r *Room) Message(id string) *Message { return r.messages[id] }

// Dropped reports whether the batch deletes the room.
func (r *Room) Dropped() bool { return r.dropped }

// AddReaction adds the row of a user's reaction.
func (m *Message) AddReaction(r Reaction) { put(&m.reactions, reactor{r.User, r.Emoji}, &r) }

// AddUnnamed adds users who follow those whom the summary of an emoji names, in the order
// in which they reacted.
func (m *Message) AddUnnamed(emoji string, users []string) { put(&m.unnamed, emoji, users) }

// NameBefore returns the name with which the member was loaded; "": it has no name, or no such row was.
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

// Changed reports whether the message has another rev than it was loaded with.
func (m *Message) Changed() bool { return m.changed }

// Disowned reports whether the message has another sender, and another fingerprint.
func (m *Message) Disowned() bool { return m.disowned }

// Unfiled reports whether the rows of the message's files are to be deleted.
func (m *Message) Unfiled() bool { return m.unfiled }

// Unreacted tells which rows of reactions to delete before those of ReactionChanges are
// saved: all, or those with some emoji.
func (m *Message) Unreacted() (all bool, emoji []string) { return m.bare, m.emptied }

// ReactionChanges returns the rows of reactions to save, and those to delete.
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

// put sets an entry of a map that may not be made yet.
func put[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[key] = value
}
