package hub

import (
	"context"
	"time"

	"hallway/protocol"
)

// Store is what the hub asks of the database. The relay's shell calls it on the
// hub's behalf; the hub itself only sees [Committer].
//
// Commit has one caller at a time. The readers may run beside it and beside
// each other, and see only what is durable.
type Store interface {
	// Commit carries out ops in their order in one transaction and returns, only
	// after they are durable, one Outcome each. With an error nothing may be
	// assumed of any of them: they may or may not be stored, and asking again
	// finds out. now is the relay's clock; created_at is
	// max(now, the room's last + 1 µs).
	Commit(now time.Time, ops []Op) ([]Outcome, error)

	// Page reads a part of a room's history as one consistent snapshot, for the
	// named user (Page.Messages[i].Mine). The history of a room that nobody has
	// entered is an empty page with head 0.
	Page(ctx context.Context, room, user string, q Query) (protocol.Page, error)

	// Ready reports why the store cannot write at present, nil when it can.
	Ready(ctx context.Context) error

	// Close ends the store; commits under way are finished first.
	Close() error
}

// OpKind says what an [Op] does.
type OpKind uint8

// The kinds of op.
const (
	// OpOpen makes the room where it does not exist and reads its state.
	OpOpen OpKind = iota + 1
	// OpSend creates a message, or finds the one stored before by its id. It too
	// makes the room where it does not exist.
	OpSend
)

// Op is one durable change to a room. Its content is already checked.
type Op struct {
	Kind   OpKind
	Room   string
	Sender protocol.User // with the role in this room
	// Send is set with OpSend: the message to create.
	Send protocol.Send
	// FindOnly makes an OpSend change nothing, make no room included: an id
	// stored before is answered as ever, one that is not is CodeNotFound.
	FindOnly bool
}

// Outcome is what became of an [Op].
type Outcome struct {
	// Code is why the op was refused for good, "" when it was not:
	// CodeConflict for an id that another sender has used, or the same sender
	// with other content; CodeNotFound for an id that FindOnly did not find.
	Code protocol.Code
	// Reason is a text for Code, safe to show.
	Reason string
	// Message is the message as it is stored now (OpSend).
	Message protocol.Message
	// New reports that the op took a rev; false: stored before, nothing changed.
	New bool
	// Epoch and Head are the room's after the op.
	Epoch string
	Head  int64
	// RetryAfter is set by the hub, never by a store: how long to wait after a
	// retryable Code.
	RetryAfter time.Duration
}

// QueryKind says which part of a history a [Query] wants.
type QueryKind uint8

// The kinds of query.
const (
	QueryNewest QueryKind = iota // the newest page
	QueryBefore                  // messages with seq < At, the nearest
	QueryAfter                   // messages with seq > At, the nearest
	QueryAround                  // half with seq < At, half from At on
	QuerySince                   // messages with rev > At, ascending by rev
)

// Query asks for a page: ascending by seq, with QuerySince by rev.
type Query struct {
	Kind  QueryKind
	At    int64
	Limit int // 1 … protocol.PageMessagesMax
}
