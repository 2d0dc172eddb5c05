package bus

import "hallway/protocol"

// RelayID tells the running relays apart. Each draws a random one when it starts, since two may have one name.
type RelayID uint64

// News is what one relay tells others: [Changes], [Typing], [Moved], [Snapshot], [Heartbeat], [Spent], [Revoked] or [Asked].
type News interface {
	// kind returns the kind's number in the format.
	kind() kind
	// fields writes or reads the news' fields.
	fields(c *codec)
}

// RoomOf returns the room that news concern; "" for news to all relays, or to one.
func RoomOf(news News) string {
	switch n := news.(type) {
	case *Changes:
		return n.Room
	case *Typing:
		return n.Room
	case *Moved:
		return n.Room
	case *Snapshot:
		return n.Room
	}
	return ""
}

// Durable reports whether the database holds what the news tell.
func Durable(news News) bool { return news.kind() == kindChanges }

// Changes tell of a room what is committed.
type Changes struct {
	Room  string
	Epoch string // "": the room was deleted
	Last  int64  // the room's head after these changes

	// First is the rev of the first change of which Frames tell; the frames hold every rev from First to Last. 0: there are
	// no frames, and the listener reads the changes from the database.
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

// Moved tells which users have come to the relay's streams of a room, and which have no more of them.
type Moved struct {
	Room string
	Came []Present
	Left []string
}

// Present is a user in a room on one relay.
type Present struct {
	User  string
	Conns int64 // streams
}

// Snapshot tells all users of the relay's streams of a room. A large one comes in parts, numbered from 0.
type Snapshot struct {
	Room  string
	Round int64 // the same in all parts of a snapshot, and greater in the relay's next
	Part  int64
	Parts int64
	Users []Present
}

// Heartbeat tells that the relay lives, and digests of the users in each of its rooms. A large one comes in parts, numbered
// from 0.
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

// Spent tells what users have used up of their limits on the relay since its last Spent.
type Spent struct {
	Users []Spending
}

// Spending is what one user has used up.
type Spending struct {
	User     string
	Messages int64 // messages sent
	Conns    int64 // connections open now
}

// Revoked tells that revocations or ranks have changed.
type Revoked struct {
	Version int64 // the version that the database holds
}

// Asked asks a relay for a Snapshot of a room.
type Asked struct {
	Relay RelayID
	Room  string
}
