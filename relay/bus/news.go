package bus

import "hallway/protocol"

// RelayID tells the running relays apart. Each draws a random one when it starts, since two may have one name.
type RelayID uint64

// News is a message of one relay to others: [Changes], [Typing], [Told], [Purged], [Moved], [Snapshot], [Heartbeat],
// [Spent], [Acted], [Revoked], [Granted], [Asked], [Called] or [Levelled].
type News interface {
	// kind returns the kind's number in the format.
	kind() kind
	// fields writes or reads the news' fields.
	fields(c *codec)
}

// RoomOf returns the room whose listeners hear the news; "": all relays do, or the one that RelayOf names.
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

// RelayOf returns the relay for which news are meant; 0: not for one alone.
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

	// First is the rev of the first frame; Frames hold every rev from First to Last. 0: there are no frames, and the
	// listener reads the changes from the database.
	First  int64
	Rules  int64 // the version of the room's settings, sanctions and reports; 0: not told
	Frames []Frame
}

// A Frame is a change as streams get it.
type Frame struct {
	Rev  int64
	Data []byte // the encoded frame
}

// Typing tells that a user is typing.
type Typing struct {
	Room string
	User protocol.User
}

// Told holds a frame for a room's streams that is not a message.
type Told struct {
	Room  string
	Epoch string
	User  string // whose streams are told; "": by the kind of the frame
	Frame []byte // settings, reports or read
}

// Purged names messages that were deleted because of their age.
type Purged struct {
	Room  string
	Epoch string
	Below int64 // all messages with a seq below it are gone
}

// Moved names the users whose first stream of a room began on the relay, and those whose last one ended.
type Moved struct {
	Room       string
	Came, Left []string
}

// Snapshot names to one relay all users with a stream of a room on the publisher. A large one comes in parts, numbered
// from 0.
type Snapshot struct {
	Relay RelayID // has asked, or has news of the room since just now
	Room  string
	Round int64 // the same in all parts of a snapshot, and greater in the relay's next
	Part  int64
	Parts int64
	Users []string
}

// Heartbeat shows that the relay lives. It holds digests of the users in each of its rooms. A large one comes in parts,
// numbered from 0.
type Heartbeat struct {
	Round   int64 // the same in all parts of a heartbeat, and greater in the relay's next
	Part    int64
	Parts   int64
	Leaving bool // the relay ends: nobody is in its rooms any more
	Rooms   []Digest
}

// Digest sums up the users of the relay's streams of a room.
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

// Acted holds an act of moderation. All relays hear it, because bans are also read on relays without a stream of the
// room.
type Acted struct {
	Room  string
	UpTo  protocol.Role // the highest role against which a sanction holds; "": against everybody
	Frame []byte        // moderated
}

// Revoked names a user whose tokens were revoked, or are valid again.
type Revoked struct {
	User   string
	At     int64 // tokens issued until then, in µs since 1970, are not valid; 0: all are
	Erased bool  // the user was erased
}

// Granted tells of the last token that a user has shown.
type Granted struct {
	User   string
	Grants []Grant // the first that matches a room counts
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
	Round int64 // greater in the relay's next
}

// Levelled answers a relay's Called: the publisher's earlier news are ahead of it.
type Levelled struct {
	Relay RelayID
	Round int64
}
