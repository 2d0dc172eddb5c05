package rules

import (
	"context"
	"time"

	"hallway/protocol"
)

// Shared is the part of a database for several relays. A store for one relay does not implement it. Its methods may run
// concurrently with each other and with those of [Store].
type Shared interface {
	// Cluster returns the id of the database, which all relays on the database share. It is unique.
	Cluster(ctx context.Context) (id string, err error)

	// Heads reads the heads of the named rooms from the primary, in the order of the names. The query begins after the
	// call, so it includes all earlier commits that the caller knows of.
	Heads(ctx context.Context, names []string) (Heads, error)

	// Ruling reads the rules of a room that relays keep in memory; it is zero if the room does not exist. Version is
	// not newer than the rest.
	Ruling(ctx context.Context, room string) (Ruling, error)

	// MarkRead moves read markers forward, never back, and not beyond the head. It returns the stored markers, in the
	// order of marks; 0 stands for the marker of a user who is not a member, and for another epoch's. A crash of the
	// database may lose the last markers.
	MarkRead(ctx context.Context, marks []ReadMark) (stored []int64, err error)

	// Lease gives a job to the holder for a time by the database's clock, or prolongs the lease. held is false while
	// another holder has the job.
	Lease(ctx context.Context, job, holder string, d time.Duration) (held bool, err error)
}

// Heads hold the state of a database at one moment, which relays compare with their own.
type Heads struct {
	Rooms       []Head
	Revocations int64 // grows with each change of a revocation, a ban or a rank; see Changes.Everywhere
}

// A Head is the head of a room.
type Head struct {
	Room  string
	Epoch string // "": the room does not exist
	Head  int64
	// Rules grows with each change of the room's settings, sanctions and reports (see Changes.Ruled), with each turn or
	// reason for one, and with each deletion of messages because of their age.
	Rules int64
}

// A Ruling holds the rules of a room that relays keep in memory.
type Ruling struct {
	Epoch    string
	Version  int64 // Head.Rules
	Settings protocol.RoomSettings
	Reports  int64               // the number of open reports
	Mutes    []protocol.Sanction // those in force
	Lock     *Lock               // nil: the room is not end-to-end encrypted
	Below    int64               // the store has deleted all messages with a lower seq because of their age
}

// A ReadMark is a member's read marker.
type ReadMark struct {
	Room, Epoch, User string
	Seq               int64
}
