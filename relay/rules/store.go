package rules

import (
	"context"
	"errors"
	"time"

	"hallway/protocol"
)

// Store carries out batches and reads histories. Commit has one caller at a time. Readers may run concurrently with it
// and with each other, and see only durable changes.
type Store interface {
	// Commit carries out ops in order in one transaction and returns, once they are durable, an Outcome for each. After
	// an error each op may or may not be stored; the caller finds out by asking again. now is the relay's clock;
	// created_at is max(now, the room's last + 1 µs).
	Commit(now time.Time, ops []Op) ([]Outcome, error)

	// Page reads a part of a room's history as one consistent snapshot, with the user's own reactions
	// (Page.Messages[i].Mine). If the room does not exist, it is an empty page with head 0.
	Page(ctx context.Context, room, user string, q Query) (protocol.Page, error)

	// Ready returns the reason why the store cannot write now; nil: it can.
	Ready(ctx context.Context) error

	// Close finishes commits under way and closes the store.
	Close() error
}

// Directory reads rooms, members and reactions. Its methods may run concurrently with each other and with those of
// [Store], and see only durable changes.
type Directory interface {
	// RoomNames lists the names of existing rooms in the span, sorted, at most limit.
	RoomNames(ctx context.Context, span Span, limit int) ([]string, error)

	// Rooms reads the named rooms that exist, in the order of the names, as the user sees them. Its cost grows with the
	// number of names, so a caller asks for few at a time.
	Rooms(ctx context.Context, user string, names []string) ([]RoomEntry, error)

	// Room reads one room; ok is false if it does not exist.
	Room(ctx context.Context, room, user string) (r RoomEntry, ok bool, err error)

	// Settings reads the settings of a room. They are zero if the room does not exist.
	Settings(ctx context.Context, room string) (protocol.RoomSettings, error)

	// Members lists the members of the room, by user id.
	Members(ctx context.Context, room string, part Part) ([]MemberEntry, error)

	// FindMembers lists members with a name in which a word begins with the query, by name, at most limit. It ignores
	// case and accents; package word defines a word. It omits banned members.
	FindMembers(ctx context.Context, room, query string, limit int) ([]MemberEntry, error)

	// Reactors lists the users who have reacted to a message with an emoji, in the order of their reactions. A user
	// without a membership is a participant without a name. Part.After is a user's id. found is false if the room has
	// no such message, or the user in Part.After has no such reaction.
	Reactors(ctx context.Context, room, id, emoji string, part Part) (users []protocol.User, found bool, err error)
}

// Upkeep is a database's background work. Each method is called at most once.
type Upkeep interface {
	// Retain starts deleting messages by their age.
	Retain(r Retention)

	// CarryErasures starts erasing, concurrently with the commits, all users whose erasure an operator asks for. It
	// uses carry until Close.
	CarryErasures(carry Carry)

	// Reindexing returns an upper bound of the messages that a search does not find, because the index of words is
	// behind.
	Reindexing() int64
}

// Retention selects the messages that are deleted for good because of their age, even pinned ones and tombstones. A
// deletion takes no revs and keeps the room's head; the id of a deleted message may be used again.
type Retention struct {
	// Default is the age at which messages are deleted in rooms whose settings name no age; 0: never.
	Default time.Duration
	// Purged, if not nil, is called after a deletion: of all messages with a seq below the given one in that epoch of
	// the room.
	Purged func(room, epoch string, below int64)
	// Now is the clock; nil: the machine's.
	Now func() time.Time
}

// Before returns the time before which messages of a room are too old, by the room's settings; ok is false if the room
// keeps all messages.
func (r *Retention) Before(now protocol.Time, settings string) (before protocol.Time, ok bool) {
	kept := r.Default
	if own, _ := protocol.ReadSettings(settings); own.RetentionS > 0 {
		kept = time.Duration(own.RetentionS) * time.Second
	}
	return now - protocol.Time(kept.Microseconds()), kept > 0
}

// Carry carries out ops and returns their outcomes, as [Store].Commit does, and sends all clients the changes. An op
// with an unknown result has the outcome CodeUnavailable.
type Carry func(ctx context.Context, ops []Op) ([]Outcome, error)

// Out carries out ops and returns the reason of a refusal. It ignores a room that does not exist.
func (c Carry) Out(ctx context.Context, ops []Op) error {
	if len(ops) == 0 {
		return nil
	}
	outcomes, err := c(ctx, ops)
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		if o.Code != "" && o.Code != protocol.CodeNotFound {
			return errors.New(o.Reason)
		}
	}
	return nil
}

// Span is a range of names, ordered by their bytes; the zero Span includes all names.
type Span struct {
	From string // the first name that may be in the span
	To   string // the first name behind the span; "": it has no end
}

// SpanOf returns the span of one name.
func SpanOf(name string) Span { return Span{From: name, To: name + "\x00"} }

// Part is a part of a list; the zero Part is the whole list.
type Part struct {
	After string // the last name or id before the part; "": the part is the beginning
	Limit int    // the maximum number of entries; 0: no limit
}

// Moderation reads the acts of moderators and organizers, by the rules of [Directory].
type Moderation interface {
	// Sanctions lists the mutes and bans of a room that are in force, by user id, a mute before a ban.
	Sanctions(ctx context.Context, room string, part Part) ([]protocol.Sanction, error)

	// Reports lists a room's reports with N < before (0: all), the newest first, at most limit; state "": in every
	// state.
	Reports(ctx context.Context, room string, state protocol.ReportState, before int64, limit int) ([]protocol.ReportEntry, error)

	// Audit lists a room's audit, as Reports does. A deleted room keeps its audit.
	Audit(ctx context.Context, room string, before int64, limit int) ([]protocol.AuditEntry, error)

	// Bans returns the terms of the bans in force.
	Bans(ctx context.Context) (map[Ban]BanTerms, error)

	// Ranked lists the users above participant in any room, by the last token seen.
	Ranked(ctx context.Context) ([]string, error)

	// Revocations returns the times of the revocations in force, by user id.
	Revocations(ctx context.Context) (map[string]protocol.Time, error)
}

// Files holds the rows of files, by the rules of [Directory]. The row of a file is deleted with its message, with its
// room, and with its uploader. Each deletion of a row adds the key of its bytes to the doomed keys, in the same
// transaction, until Deleted is called for the key.
type Files interface {
	// File reads the row of a file of a room; ok is false if the room has no such file.
	File(ctx context.Context, room, id string) (f File, ok bool, err error)

	// Doomed lists keys of bytes without a row, at most limit.
	Doomed(ctx context.Context, limit int) ([]string, error)

	// Deleted removes keys from the doomed keys, because their bytes are deleted.
	Deleted(ctx context.Context, keys []string) error

	// Unknown returns those of the keys that belong to no row.
	Unknown(ctx context.Context, keys []string) ([]string, error)

	// DropUnused deletes rows of files that are in no message and were uploaded before a time, at most limit, and
	// returns their number.
	DropUnused(ctx context.Context, before time.Time, limit int) (int, error)

	// FileStats returns the number and the size of files.
	FileStats(ctx context.Context) (FileStats, error)

	// FilesName returns the name by which the place of the files knows the database. A store without a name takes the
	// proposed one.
	FilesName(ctx context.Context, proposed string) (string, error)
}

// FileStats counts files.
type FileStats struct{ Files, Bytes, Unused, Doomed int64 }

// QueryKind is the part of a history that a [Query] asks for.
type QueryKind uint8

// The kinds of query.
const (
	QueryNewest QueryKind = iota // the newest page
	QueryBefore                  // messages with seq < At, the nearest
	QueryAfter                   // messages with seq > At, the nearest
	QueryAround                  // half with seq < At, half from At on; with ID, from that message on
	QuerySince                   // messages with rev > At, ascending by rev
	QueryPinned                  // pinned messages, the newest of those with seq < At (0: of all)
	QuerySearch                  // messages with all of Words, the newest of those with seq < At (0: of all)
)

// Query asks for a page: ascending by seq, with QuerySince by rev; with QueryPinned and QuerySearch descending by seq.
type Query struct {
	Kind  QueryKind
	At    int64
	ID    string // QueryAround: a message; without such a message the page is empty
	Limit int    // 1 … protocol.PageMessagesMax; PageShare also bounds a page
	// Words are the words of QuerySearch: a message must have all, in any order, as whole words, and the last as a
	// prefix. Words are runs of letters, digits and marks; case and accents do not matter. A search without a word
	// finds nothing; a search never finds tombstones and encrypted texts. The index follows a commit within 2 s.
	Words string
}

// UnreadMax bounds the count of unread messages, so that a user who never reads does not cause a walk through millions
// of messages.
const UnreadMax = 10_000

// A RoomEntry is a room in a user's list of rooms.
type RoomEntry struct {
	Name      string
	Title     string
	Settings  string // a JSON object; "": none
	Epoch     string
	Head      int64
	CreatedAt protocol.Time
	Members   int64             // present members
	Read      int64             // the user's read marker
	Unread    int64             // others' messages above it, without tombstones; at most UnreadMax
	Mentions  int64             // unread messages that mention the user or everybody; at most UnreadMax
	Last      *protocol.Message // the newest message; nil: the room is empty
}

// A MemberEntry is a member of a room.
type MemberEntry struct {
	User     protocol.User // name, picture and title by the last join, the role by the last token seen
	Read     int64         // the read marker
	JoinedAt protocol.Time
}

// Ban names a banned user and the room.
type Ban struct{ Room, User string }

// BanTerms hold the end of a ban, and the roles against which it holds.
type BanTerms struct {
	Until protocol.Time // 0: for ever
	UpTo  protocol.Role // the highest role against which it holds; "": against all roles
}
