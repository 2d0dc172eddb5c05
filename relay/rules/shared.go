package rules

import (
	"context"
	"time"
)

// Shared is what a relay asks of a database that other relays write as well. A store for one relay does not have it. Its
// methods may be called beside each other and beside those of [Store].
type Shared interface {
	// Cluster returns the id of the database, which all relays on it share and no other database has.
	Cluster(ctx context.Context) (id string, err error)

	// Heads reads the named rooms as they are committed on the primary, by a query that begins after the call: whatever
	// was told before the call is in it. The rooms come in the order of the names.
	Heads(ctx context.Context, names []string) (Heads, error)

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
	Revocations int64 // grows with each change of a revocation or of a rank
}

// A Head tells how far a room is.
type Head struct {
	Room  string
	Epoch string // "": there is no such room
	Head  int64
	Rules int64 // grows with each change of the room's settings, sanctions and reports
}

// A ReadMark is a member's read marker.
type ReadMark struct {
	Room, Epoch, User string
	Seq               int64
}
