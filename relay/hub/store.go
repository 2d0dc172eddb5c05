package hub

import (
	"context"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Store is what the hub asks of the database. The relay's shell calls it on the hub's behalf; the hub itself only sees a
// [Committer].
//
// Commit has one caller at a time. Readers may run beside it and beside each other, and see only what is durable.
type Store interface {
	// Commit carries out ops in their order in one transaction and returns, only
	// after they are durable, one Outcome each. With an error nothing may be
	// assumed of any of them: they may or may not be stored, and asking again
	// finds out. now is the relay's clock; created_at is
	// max(now, the room's last + 1 µs).
	Commit(now time.Time, ops []rules.Op) ([]rules.Outcome, error)

	// Page reads a part of a room's history as one consistent snapshot, for the
	// named user (Page.Messages[i].Mine). The history of a room that nobody has
	// entered is an empty page with head 0.
	Page(ctx context.Context, room, user string, q Query) (protocol.Page, error)

	// Ready reports why the store cannot write at present, nil when it can.
	Ready(ctx context.Context) error

	// Close ends the store; commits under way are finished first.
	Close() error
}

// Directory is what the relay asks of the database beside the histories. Its
// methods may be called beside each other and beside those of [Store], and see
// only what is durable.
type Directory interface {
	// RoomNames lists the names of the rooms that anybody has made, by name, the first
	// limit of those in the span.
	RoomNames(ctx context.Context, span Span, limit int) ([]string, error)

	// Rooms reads those of the named rooms that anybody has made, in the order of the
	// names, as the user sees them; Role is left to the caller. What it costs grows with
	// the names: a caller asks for few at a time.
	Rooms(ctx context.Context, user string, names []string) ([]Room, error)

	// Room is one of them; ok is false where nobody has made it.
	Room(ctx context.Context, room, user string) (r Room, ok bool, err error)

	// Settings are those of a room; none where nobody has made it.
	Settings(ctx context.Context, room string) (protocol.RoomSettings, error)

	// Members lists who has joined the room and was not removed, by user id.
	Members(ctx context.Context, room string, part Part) ([]Member, error)
}

// Span is a range of names, which are ordered by their bytes; the zero Span is all.
type Span struct {
	From string // the first that may be in it
	To   string // the first beyond it; "": it has no end
}

// SpanOf is the span of one name.
func SpanOf(name string) Span { return Span{From: name, To: name + "\x00"} }

// Part says which part of a list is wanted; the zero Part is all of it.
type Part struct {
	After string // only what comes behind this name or id; "": from the beginning
	Limit int    // how many at most; 0: no limit
}

// Moderation is what the relay asks of the database of what organizers and
// moderators do, by the rules of [Directory].
type Moderation interface {
	// Sanctions lists the mutes and bans of a room that are in force now, by user id,
	// a mute before a ban.
	Sanctions(ctx context.Context, room string, part Part) ([]protocol.Sanction, error)

	// Reports lists a room's reports, those with N < before (0: all), the newest
	// first, at most limit; state "": of every state.
	Reports(ctx context.Context, room string, state protocol.ReportState, before int64, limit int) ([]protocol.ReportEntry, error)

	// Audit lists what was done in a room, as Reports does. It goes on over the
	// room's lives: a room that was deleted keeps its audit.
	Audit(ctx context.Context, room string, before int64, limit int) ([]protocol.AuditEntry, error)

	// Bans are the terms of the bans that are in force now.
	Bans(ctx context.Context) (map[Ban]BanTerms, error)

	// Ranked lists the users who are more than participants, by the last token seen, in any
	// room.
	Ranked(ctx context.Context) ([]string, error)

	// Revocations is who is revoked since when, by user id.
	Revocations(ctx context.Context) (map[string]protocol.Time, error)
}

// QueryKind says which part of a history a [Query] wants.
type QueryKind uint8

// The kinds of query.
const (
	QueryNewest QueryKind = iota // the newest page
	QueryBefore                  // messages with seq < At, the nearest
	QueryAfter                   // messages with seq > At, the nearest
	QueryAround                  // half with seq < At, half from At on; where ID is set, from that message on
	QuerySince                   // messages with rev > At, ascending by rev
	QueryPinned                  // pinned messages, the newest of those with seq < At (0: of all)
	QuerySearch                  // messages with all of Words, the newest of those with seq < At (0: of all)
)

// Query asks for a page: ascending by seq, with QuerySince by rev; with
// QueryPinned and QuerySearch descending by seq.
type Query struct {
	Kind  QueryKind
	At    int64
	ID    string // QueryAround: the message that it is about; one that is not there: an empty page
	Limit int    // 1 … protocol.PageMessagesMax; see PageShare for what bounds a page beside it
	// Words are what QuerySearch looks for: all of them, in any order, as whole words
	// but the last, which is a prefix. Words are runs of letters, digits and marks; case
	// and accents do not count. Without a word nothing is found, nor are tombstones and
	// encrypted texts. A change is found, or found no more, within 2 s of its commit.
	Words string
}

// UnreadMax is how far unread messages are counted: someone who never reads a
// room of millions must not cost a walk through all of them whenever they look.
const UnreadMax = 10_000

// Room is a room as a user sees it from outside.
type Room struct {
	Name      string
	Title     string
	Settings  string // a JSON object, "" where nobody has set any
	Epoch     string
	Head      int64
	CreatedAt protocol.Time
	Members   int64             // that have joined and were not removed
	Read      int64             // the user's read marker
	Unread    int64             // messages of others, not deleted, after it; at most UnreadMax
	Last      *protocol.Message // the newest; nil: there is none
}

// Member is a user that has joined a room.
type Member struct {
	User     protocol.User // the name as at the last join, the role by the last token seen
	Read     int64         // the read marker
	JoinedAt protocol.Time
}
