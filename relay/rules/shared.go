package rules

import (
	"context"
	"time"

	"hallway/protocol"
)

// Shared is what a relay asks of a database that other relays write as well. A store for one relay does not have it. Its
// methods may be called beside each other and beside those of [Store].
type Shared interface {
	// Cluster returns the id of the database, which all relays on it share and no other database has.
	Cluster(ctx context.Context) (id string, err error)

	// Heads reads the named rooms as they are committed on the primary, by a query that begins after the call: whatever
	// was told before the call is in it. The rooms come in the order of the names.
	Heads(ctx context.Context, names []string) (Heads, error)

	// Ruling reads what relays keep in memory of a room's rules; where there is no such room, it is zero. Version is not
	// newer than the rest.
	Ruling(ctx context.Context, room string) (Ruling, error)

	// MarkRead moves read markers forward, never back, and not beyond the head. A marker of no member is ignored. A
	// crash of the database may lose the last ones.
	MarkRead(ctx context.Context, marks []ReadMark) error

	// Lease gives a job to the holder for a time by the database's clock, or prolongs it. held is false while another
	// holder has it.
	Lease(ctx context.Context, job, holder string, d time.Duration) (held bool, err error)
}

// Heads hold what relays on one database compare, at one moment.
type Heads struct {
	Rooms       []Head
	Revocations int64 // grows with each change of a revocation, a ban or a rank; see Changes.Everywhere
}

// A Head tells how far a room is.
type Head struct {
	Room  string
	Epoch string // "": there is no such room
	Head  int64
	// Rules grows with each change of the room's settings, sanctions and reports (see Changes.Ruled), with a new turn or a reason for one, and when messages
	// were deleted because of their age.
	Rules int64
}

// A Ruling holds what relays keep in memory of a room's rules.
type Ruling struct {
	Epoch    string
	Version  int64 // Head.Rules
	Settings protocol.RoomSettings
	Reports  int64               // open ones
	Mutes    []protocol.Sanction // those in force
	Lock     *Lock               // nil: the room is not end-to-end encrypted
	Below    int64               // all messages with a lower seq were deleted because of their age
}

// A ReadMark is a member's read marker.
type ReadMark struct {
	Room, Epoch, User string
	Seq               int64
}
