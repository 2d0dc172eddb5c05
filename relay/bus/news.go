package bus

import "hallway/protocol"

// RelayID identifies a running relay. Each draws a random one when it starts, because two relays may have one name.
type RelayID uint64

// News is a message of one relay to others: [Changes], [Typing], [Told], [Purged], [Moved], [Snapshot], [Heartbeat],
// [Spent], [Acted], [Revoked], [Granted], [Asked], [Called] or [Levelled].
type News interface {
	// kind returns the kind's number in the format.
	kind() kind
	// fields writes or reads the news' fields.
	fields(c *codec)
}

// RoomOf returns the room whose listeners hear the news; "": all relays hear them, or only the one that RelayOf names.
func RoomOf(news News) string {
	switch n := news.(type) {
	case *Changes:
		return n.Room
	case *Typing:
		return n.Room
	case *Moved:
		return n.Room
	case *Told:
		return n.Room
	case *Purged:
		return n.Room
	}
	return ""
}

// RelayOf returns the only relay that hears the news; 0: several relays hear them.
func RelayOf(news News) RelayID {
	switch n := news.(type) {
	case *Snapshot:
		return n.Relay
	case *Asked:
		return n.Relay
	case *Levelled:
		return n.Relay
	}
	return 0
}

// Durable reports whether the database holds the content of the news.
func Durable(news News) bool { return news.kind() == kindChanges }

// Changes holds committed changes of a room.
type Changes struct {
	Room  string
	Epoch string // "": the room was deleted
	Last  int64  // the room's head after these changes

	// First is the rev of the first frame; Frames holds every rev from First to Last. 0: there are no frames, and the
	// listener reads the changes from the database.
	First  int64
	Rules  int64 // the version of the room's settings, sanctions and reports; 0: unknown
	Frames []Frame
}

// A Frame is a change as streams get it.
type Frame struct {
	Rev  int64
	Data []byte // the encoded frame
}

// Typing reports that a user is typing.
type Typing struct {
	Room string
	User protocol.User
}

// Told holds a frame for a room's streams that is not a message.
type Told struct {
	Room  string
	Epoch string
	User  string // the user whose streams get it; "": the kind of the frame decides
	Frame []byte // settings, reports or read
}

// Purged names messages that were deleted because of their age.
type Purged struct {
	Room  string
	Epoch string
	Below int64 // all messages with a lower seq were deleted
}

// Moved names the users whose first stream of a room began on the relay, and those whose last one ended.
type Moved struct {
	Room       string
	Came, Left []string
}

// Snapshot lists to one relay all users with a stream of a room on the publisher. A large one comes in parts, numbered
// from 0.
type Snapshot struct {
	Relay RelayID // the relay that asked, or that has just begun to hear the room's news
	Room  string
	Round int64 // the same in all parts of a snapshot, and greater in the relay's next one
	Part  int64
	Parts int64
	Users []string
}

// Heartbeat shows that the relay is alive. It holds digests of the users in each of its rooms. A large one comes in
// parts, numbered from 0.
type Heartbeat struct {
	Round   int64 // the same in all parts of a heartbeat, and greater in the relay's next one
	Part    int64
	Parts   int64
	Leaving bool // the relay stops: it has no users any more
	Rooms   []Digest
}

// Digest summarizes the users of the relay's streams of a room.
type Digest struct {
	Room  string
	Users int64
	Sum   uint64 // XOR of the users' hashes
}

// Spent holds the use of users' limits on the relay since its last Spent.
type Spent struct {
	Users []Spending
}

// Spending holds the messages and connections that one user has used up.
type Spending struct {
	User     string
	Messages int64 // messages sent
	Conns    int64 // connections open now
}

// Acted holds an act of moderation. All relays hear it, because relays without a stream of the room also need its bans.
type Acted struct {
	Room  string
	UpTo  protocol.Role // the highest role against which a sanction holds; "": against all roles
	Frame []byte        // a moderated frame
}

// Revoked names a user whose tokens were revoked, or are valid again.
type Revoked struct {
	User   string
	At     int64 // tokens issued until then, in µs since 1970, are not valid; 0: all are
	Erased bool  // the user was erased
}

// Granted holds the last token that a user has shown.
type Granted struct {
	User   string
	Grants []Grant // the first one that matches a room counts
}

// A Grant is a role in the rooms that match a pattern, as a token holds it.
type Grant struct {
	Pattern string
	Role    protocol.Role
}

// Asked asks a relay for a Snapshot of a room.
type Asked struct {
	Relay RelayID
	Room  string
}

// Called asks all relays to publish their waiting news, and then to answer with Levelled.
type Called struct {
	Round int64 // greater in the relay's next one
}

// Levelled answers a relay's Called: it arrives after the publisher's earlier news.
type Levelled struct {
	Relay RelayID
	Round int64
}
