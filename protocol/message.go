package protocol

// Role is what a user may do in a room.
type Role string

// The roles of version 1, the least first.
const (
	RoleParticipant Role = "participant"
	RoleModerator   Role = "moderator"
	RoleOrganizer   Role = "organizer"
)

// Valid reports whether r is one of version 1's roles.
func (r Role) Valid() bool {
	return r == RoleParticipant || r == RoleModerator || r == RoleOrganizer
}

// AtLeast reports whether r is the role least or one above it. What is none of
// version 1's roles is below all of them.
func (r Role) AtLeast(least Role) bool { return r.rank() >= least.rank() }

// MayModerate reports whether somebody in role r may do something about users in
// the role other: it must be a lower one.
func (r Role) MayModerate(other Role) bool { return r.AtLeast(RoleModerator) && !other.AtLeast(r) }

func (r Role) rank() int {
	switch r {
	case RoleParticipant:
		return 1
	case RoleModerator:
		return 2
	case RoleOrganizer:
		return 3
	}
	return 0
}

// User is who someone is in a room.
type User struct {
	ID   string // the token's sub
	Name string // for people; not unique
	Role Role
}

// Message is a message of a room as it stands at a revision. The zero value of
// an optional field means that it is absent.
type Message struct {
	Room      string
	ID        string // a UUID in canonical lower case, made by the sending client
	Seq       int64  // the rev at which it was made: its place in the room
	Rev       int64  // the rev of its last change
	Sender    User
	CreatedAt Time   // the relay's clock, strictly increasing with Seq
	SentAt    string // the sender's clock as the sender wrote it (RFC 3339); a hint, never order
	Text      string
	Encrypted *Encrypted // in place of Text
	ReplyTo   string
	EditedAt  Time
	DeletedAt Time // set: a tombstone, all content gone
	Pinned    bool
	Reactions []Reaction
	Mine      []string // REST only: the asking user's own emoji
}

// Deleted reports whether the message is a tombstone.
func (m *Message) Deleted() bool { return m.DeletedAt != 0 }

// The bytes that Size counts for the names and numbers of a message's JSON, and for
// those of a reaction.
const (
	messageFrameBytes  = 192
	reactionFrameBytes = 32
)

// Size returns about how many bytes the message's JSON has, whoever asks: Mine is not
// counted. It is never less than half of them.
func (m *Message) Size() int {
	n := messageFrameBytes + len(m.Room) + len(m.ID) + len(m.Sender.ID) + len(m.Sender.Name) + len(m.SentAt) + len(m.ReplyTo)
	n += len(m.Text)
	for i := range len(m.Text) {
		if c := m.Text[i]; c < ' ' || c == '"' || c == '\\' {
			n++ // it is escaped
		}
	}
	if e := m.Encrypted; e != nil {
		n += len(e.Alg) + len(e.Kid) + len(e.IV) + len(e.CT)
	}
	for i := range m.Reactions {
		n += reactionFrameBytes + len(m.Reactions[i].Emoji)
		for _, user := range m.Reactions[i].Users {
			n += len(user) + len(`"",`)
		}
	}
	return n
}

// Encrypted is an end-to-end encrypted text, which the relay cannot read.
type Encrypted struct {
	Alg string // "A256GCM"
	Kid string // the key's id
	IV  string // base64url of 12 bytes
	CT  string // base64url of the ciphertext
}

// Reaction is one emoji on a message. Users names at most [ReactionUsersMax]
// users, Count counts all.
type Reaction struct {
	Emoji string
	Count int64
	Users []string
}

// Cause names the reaction that caused a change, so that the devices of By
// keep their own.
type Cause struct {
	By    string
	Emoji string
	On    bool
}

// Page is a part of a room's history, a consistent snapshot.
type Page struct {
	Messages []Message
	Epoch    string // the life of the room's counter
	Head     int64  // the room's rev at the time of the read; 0: nobody has entered it
	More     bool   // messages of the asked kind are left beyond the page
	// MoreBefore and MoreAfter tell the side of More on a page around a message;
	// nil on every other page.
	MoreBefore, MoreAfter *bool
}

// Problem is an RFC 9457 problem document, REST's form of [Error].
type Problem struct {
	Status    int
	Code      Code
	Title     string
	Detail    string
	Why       Why      // what stands in the way; may be empty
	Until     Time     // when that ends; 0: for ever, or not known
	Supported []string // with 426: the subprotocols that the relay speaks
}
