package rules

import (
	"context"
	"errors"
	"time"

	"hallway/protocol"
)

// Store is what the relay asks of the database: to carry out batches, and to read histories.
//
// Commit has one caller at a time. Readers may run beside it and beside each other, and see only what is durable.
type Store interface {
	// Commit carries out ops in their order in one transaction and returns, once they are durable, an Outcome for each.
	// After an error each op may or may not be stored; asking again finds out. now is the relay's clock; created_at is
	// max(now, the room's last + 1 µs).
	Commit(now time.Time, ops []Op) ([]Outcome, error)

	// Page reads a part of a room's history as one consistent snapshot, for a user (Page.Messages[i].Mine). The history
	// of a room that nobody has entered is an empty page with head 0.
	Page(ctx context.Context, room, user string, q Query) (protocol.Page, error)

	// Ready returns why the store cannot write at present; nil: it can.
	Ready(ctx context.Context) error

	// Close ends the store. It finishes commits under way first.
	Close() error
}

// Directory is what the relay asks of the database beside the histories. Its methods may be called beside each other
// and beside those of [Store], and see only what is durable.
type Directory interface {
	// RoomNames lists the first names of existing rooms in the span, at most limit, by name.
	RoomNames(ctx context.Context, span Span, limit int) ([]string, error)

	// Rooms reads the named rooms that exist, in the order of the names, as the user sees them. Its cost grows with the
	// number of names: a caller asks for few at a time.
	Rooms(ctx context.Context, user string, names []string) ([]RoomEntry, error)

	// Room reads one room; ok is false where it does not exist.
	Room(ctx context.Context, room, user string) (r RoomEntry, ok bool, err error)

	// Settings reads the settings of a room; where it does not exist, there are none.
	Settings(ctx context.Context, room string) (protocol.RoomSettings, error)

	// Members lists the users who have joined the room and were not removed, by user id.
	Members(ctx context.Context, room string, part Part) ([]MemberEntry, error)

	// FindMembers lists the first members, at most limit, of whose names a word begins with the query, by name. Case and
	// accents do not count; package word says what a word is. Members who are banned now are left out.
	FindMembers(ctx context.Context, room, query string, limit int) ([]MemberEntry, error)

	// Reactors lists the users who have reacted to a message with an emoji, in the order in which they did; a user who is
	// no member is a participant without a name. Part.After is a user's id. found is false where the room has no such
	// message, or the user in Part.After has not reacted so.
	Reactors(ctx context.Context, room, id, emoji string, part Part) (users []protocol.User, found bool, err error)
}

// Upkeep is what a relay asks of the database to do beside its requests. Each method is called once at most.
type Upkeep interface {
	// Retain has messages deleted by their age from now on. Before, none are.
	Retain(r Retention)

	// CarryErasures erases, beside the commits, all users whom an operator has asked to erase or will. It uses carry
	// until Close.
	CarryErasures(carry Carry)

	// Reindexing returns how many messages, at most, a search does not find because the index of words is behind.
	Reindexing() int64
}

// Retention says which messages are deleted for good because of their age: pinned ones and tombstones too. Revs are not
// taken for it, and the room's head stays; a message's id may be used again afterwards.
type Retention struct {
	// Default is the time for which messages are kept in rooms whose settings name none; 0 is for ever.
	Default time.Duration
	// Purged, if not nil, is told what is gone: of that life of the room all messages with a seq below the one named.
	Purged func(room, epoch string, below int64)
	// Now is the clock; nil: the machine's.
	Now func() time.Time
}

// Carry carries out ops and returns their outcomes, as [Store].Commit does, but also tells everybody of what they change.
// An op of which nothing is known has the outcome CodeUnavailable.
type Carry func(ctx context.Context, ops []Op) ([]Outcome, error)

// Out carries out ops and returns the reason of a refusal. A room that is not there has nothing to change.
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

// Span is a range of names, which are ordered by their bytes; the zero Span is all.
type Span struct {
	From string // the first name that may be in it
	To   string // the first name beyond it; "": it has no end
}

// SpanOf returns the span of one name.
func SpanOf(name string) Span { return Span{From: name, To: name + "\x00"} }

// Part says which part of a list is wanted; the zero Part is all of it.
type Part struct {
	After string // the name or id behind which the part begins; "": it begins at the beginning
	Limit int    // the most entries; 0: no limit
}

// Moderation is what the relay asks of the database about the acts of moderators and organizers, by the rules of
// [Directory].
type Moderation interface {
	// Sanctions lists the mutes and bans of a room that are in force now, by user id, a mute before a ban.
	Sanctions(ctx context.Context, room string, part Part) ([]protocol.Sanction, error)

	// Reports lists a room's reports with N < before (0: all), the newest first, at most limit; state "": in every state.
	Reports(ctx context.Context, room string, state protocol.ReportState, before int64, limit int) ([]protocol.ReportEntry, error)

	// Audit lists a room's audit, as Reports does. A room that was deleted keeps its audit.
	Audit(ctx context.Context, room string, before int64, limit int) ([]protocol.AuditEntry, error)

	// Bans returns the terms of the bans that are in force now.
	Bans(ctx context.Context) (map[Ban]BanTerms, error)

	// Ranked lists the users who are more than participants in any room, by the last token seen.
	Ranked(ctx context.Context) ([]string, error)

	// Revocations returns the times of the revocations in force, by user id.
	Revocations(ctx context.Context) (map[string]protocol.Time, error)
}

// Files is what the relay asks of the database about files, by the rules of [Directory]. The row of a file goes with its
// message, with its room, and with the user who has uploaded it; the key of its bytes is then among the doomed, until
// somebody says that they are deleted. Whatever takes a row away dooms its key in the same transaction.
type Files interface {
	// File reads the row of a file of a room; ok is false where there is none.
	File(ctx context.Context, room, id string) (f File, ok bool, err error)

	// Doomed lists keys of bytes that nobody needs any more, at most limit.
	Doomed(ctx context.Context, limit int) ([]string, error)

	// Deleted takes keys from the doomed: their bytes are gone.
	Deleted(ctx context.Context, keys []string) error

	// Unknown returns those of the keys that are of no row.
	Unknown(ctx context.Context, keys []string) ([]string, error)

	// DropUnused deletes rows of files that are in no message and were uploaded before a time, at most limit, and returns
	// how many there were.
	DropUnused(ctx context.Context, before time.Time, limit int) (int, error)

	// FileStats returns what there is.
	FileStats(ctx context.Context) (FileStats, error)

	// FilesName returns what names the database at the place of its files. A store without one takes the proposed name.
	FilesName(ctx context.Context, proposed string) (string, error)
}

// FileStats tells what there is of files.
type FileStats struct{ Files, Bytes, Unused, Doomed int64 }

// QueryKind says which part of a history a [Query] asks for.
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

// Query asks for a page: ascending by seq, with QuerySince by rev; with QueryPinned and QuerySearch descending by seq.
type Query struct {
	Kind  QueryKind
	At    int64
	ID    string // QueryAround: a message; where it does not exist, the page is empty
	Limit int    // 1 … protocol.PageMessagesMax; PageShare also bounds a page
	// Words are the words that QuerySearch looks for: all must be there, in any order, as whole words, and the last as
	// a prefix. Words are runs of letters, digits and marks; case and accents do not matter. A search without a word
	// finds nothing, and none finds tombstones and encrypted texts. The index follows a commit within 2 s.
	Words string
}

// UnreadMax is the number up to which unread messages are counted: a user who never reads a room of millions must not
// cause a walk through all of them.
const UnreadMax = 10_000

// A RoomEntry is a room as a user sees it from outside.
type RoomEntry struct {
	Name      string
	Title     string
	Settings  string // a JSON object, "" where nobody has set any
	Epoch     string
	Head      int64
	CreatedAt protocol.Time
	Members   int64             // that have joined and were not removed
	Read      int64             // the user's read marker
	Unread    int64             // messages of others, not deleted, after it; at most UnreadMax
	Mentions  int64             // those of them that mention the user or everybody; at most UnreadMax
	Last      *protocol.Message // the newest; nil: there is none
}

// A MemberEntry is a user who has joined a room.
type MemberEntry struct {
	User     protocol.User // name, picture and title as at the last join, the role by the last token seen
	Read     int64         // the read marker
	JoinedAt protocol.Time
}

// Ban names a user who is banned from a room.
type Ban struct{ Room, User string }

// BanTerms hold the end of a ban, and the roles against which it holds.
type BanTerms struct {
	Until protocol.Time // 0: for ever
	UpTo  protocol.Role // the highest role against which it holds; "": against everybody
}
