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

// OpKind says what an [Op] does.
type OpKind uint8

// The kinds of op.
const (
	// OpOpen makes the room where it does not exist, makes Sender one of its members
	// and reads its state.
	OpOpen OpKind = iota + 1
	// OpSend creates a message, or finds the one stored before by its id. It too
	// makes the room where it does not exist.
	OpSend
	// OpEdit puts Text or Encrypted in the place of a message's content. It and the
	// following ops but OpConfigure never make a room: CodeNotFound where there is none.
	OpEdit
	// OpDelete makes a message a tombstone.
	OpDelete
	// OpReact adds or takes back the sender's Emoji.
	OpReact
	// OpPin pins or unpins a message.
	OpPin
	// OpRead moves the sender's read marker forward to Seq, not beyond the head. It
	// is no change of the room: it takes no rev. Who is no member has no marker.
	OpRead
	// OpConfigure makes the room where it does not exist and sets its Title and
	// Settings. It takes no rev.
	OpConfigure
	// OpDrop deletes the room with all that it holds; one made later under its name
	// has another epoch. Its Outcome is empty, as of no room.
	OpDrop
	// OpAdjust puts what Adjust names into the room's settings, as Adjust.Apply does,
	// and leaves the title. It takes no rev. Audited as "configure".
	OpAdjust
	// OpModerate does Act about User: mute and ban until Until (0: for ever), in the
	// place of one in force; unmute and unban end one; remove takes the user out of the
	// members; clear makes up to ClearMax of the user's messages tombstones, the oldest
	// first. It is CodeForbidden where User is the sender, or the user's rank is not below
	// the sender's role; CodeNotFound for a remove of a user who is no member. The rank of a
	// member is Rank, which is stored, or where it is "" as stored before; any other user is
	// a participant. A mute or ban may also be ended by whoever has at least
	// the role of its maker. What changes nothing is not audited and has New false.
	OpModerate
	// OpReport puts a report of the message ID, for the reason Note, on the room's
	// list: CodeNotFound where there is no such message, CodeConflict for a tombstone.
	// A second one of the same sender and message while the first is open changes
	// nothing.
	OpReport
	// OpResolve closes the open report Report with State: CodeNotFound where the room
	// has none of that number, CodeConflict where it is closed with another state.
	OpResolve
	// OpRevoke has the tokens of User, until now, count no more (On), or all of them
	// again. Its Room is "". CodeForbidden where User is the sender, or the user's rank is
	// not below the sender's role: Rank, or where it is "" the one that the last OpSee of
	// the user has stored. To revoke again takes the present time.
	OpRevoke
	// OpErase takes User out of the messages Erase.Seqs: the user's own become tombstones
	// of the pseudonym's, without a name, and tombstones too; under the others the
	// pseudonym has reacted in place of User. CodeNotFound where there is no such room.
	// Without a Room it takes User out of all that is no message, for good: memberships,
	// sanctions and the revocation are gone, what was done by or to User stands under the
	// pseudonym. Only this is audited.
	OpErase
	// OpSee takes note of a token of Sender's, by its Grants: a member's role becomes what
	// they give, in each room that they open. Highest becomes the user's rank for an
	// OpRevoke. Its Room is "". It is done in parts: where the outcome has More, it wants to
	// be done again with the outcome's Next as Seq. It is not audited.
	OpSee
)

// ClearMax is how many messages one op clears: others come in between.
const ClearMax = 200

// takesRev reports whether such an op changes a message.
func (k OpKind) takesRev() bool { return OpSend <= k && k <= OpPin }

// moderates reports whether such an op is about a room's people or its rules.
func (k OpKind) moderates() bool { return k == OpConfigure || OpAdjust <= k && k != OpSee }

// rules reports whether such an op may set who may write.
func (k OpKind) rules() bool { return OpConfigure <= k && k <= OpAdjust }

// Op is one durable change to a room. Its content is already checked, and that
// the sender's role may ask for it at all. What is more is refused by the store,
// with Why and Until, but an id of an OpSend that was stored before is answered first:
//
//   - who is banned: everything, but organizers OpOpen, OpSend, OpEdit, OpDelete,
//     OpReact, OpPin, OpRead and OpReport alone (CodeForbidden, WhyBanned)
//   - who is muted: OpSend, OpEdit, OpReact (CodeForbidden, WhyMuted)
//   - in an archived room everybody, in a frozen one all but organizers: OpSend,
//     OpEdit, OpReact (CodeForbidden, WhyArchived or WhyFrozen)
//   - in slow mode a participant's OpSend or OpEdit too soon after the last one that
//     was stored, and for an edit changed something (CodeRateLimited, WhySlowMode,
//     RetryAfter)
//
// Banned comes before archived, that before frozen, then muted, then slow mode; all
// of them before what else is wrong with the op but that there is no such room.
//
// A ban or mute of a user who was no member holds only up to its maker's role. Where such a
// user comes with a higher one, the sanction ends, which is audited as "void".
type Op struct {
	Kind   OpKind
	Room   string
	Sender protocol.User // with the role in this room
	// Send is set with OpSend: the message to create.
	Send protocol.Send
	// FindOnly makes an OpSend change nothing, make no room included: an id
	// stored before is answered as ever, one that is not is CodeNotFound.
	FindOnly bool

	// ID is the message of an OpEdit, OpDelete, OpReact or OpPin.
	ID string
	// Any lets an OpDelete concern the messages of others too.
	Any       bool
	Text      string              // OpEdit
	Encrypted *protocol.Encrypted // OpEdit, in place of Text
	Emoji     string              // OpReact
	On        bool                // OpReact, OpPin
	Seq       int64               // OpRead
	Title     string              // OpConfigure
	Settings  string              // OpConfigure: a JSON object, or ""

	Adjust protocol.Adjust      // OpAdjust
	Act    protocol.Act         // OpModerate
	User   string               // OpModerate, OpRevoke, OpErase: whom it concerns
	Until  protocol.Time        // OpModerate of a mute or a ban; 0: for ever
	Note   string               // OpModerate, OpReport: the reason; at most protocol.ReasonBytesMax
	Again  bool                 // OpModerate of a clear: the next part of one that was audited with its first
	Report int64                // OpResolve: the report's number
	State  protocol.ReportState // OpResolve: resolved or dismissed
	Erase  *Erasure             // OpErase
	// Rank is a user's role in the room by the last token seen, "" where the caller does
	// not know it: the sender's of an OpOpen, else that of User. With OpRevoke it is the
	// highest in any room.
	Rank   protocol.Role
	Grants Grants // OpSee
}

// Erasure is what of a user an OpErase takes away.
type Erasure struct {
	// Pseudonym stands for the user from now on.
	Pseudonym string
	// Seqs are messages of the op's room, ascending, at most ClearMax.
	Seqs []int64
}

// Outcome is what became of an [Op].
type Outcome struct {
	// Code is why the op was refused, "" when it was not. Beside what Op and OpKind
	// say: CodeConflict for an id that another sender has used, or the same sender
	// with other content, for a change to a tombstone (but to delete it again), and
	// for more than protocol.ReactionsMax different emoji or protocol.ReactionsNewMax that
	// the sender brought and the message still has (WhyReactions); CodeNotFound for an id
	// that FindOnly did not find, or that no message of the room has; CodeForbidden
	// for an edit or a deletion of a message that is not the sender's, a deletion
	// unless Any. Not found comes before forbidden, forbidden before conflict.
	Code protocol.Code
	// Reason is a text for Code, safe to show.
	Reason string
	// Message is the message as it is stored now; none with an op that takes no rev.
	Message protocol.Message
	// New reports that the op took a rev, and of one that takes none but is about
	// moderation (OpAdjust and what follows it) that it changed something; false:
	// stored before, nothing changed.
	New bool
	// Why is what stood in the way, with CodeForbidden and CodeRateLimited; "" where it
	// is nothing of that kind. Until is when that ends; 0: for ever, or not known.
	Why   protocol.Why
	Until protocol.Time
	// Note is the moderator's reason for the ban or the mute that stood in the way.
	Note string
	// Settings are those of the room after an OpOpen, OpConfigure or OpAdjust.
	Settings protocol.RoomSettings
	// Sanction is the sender's mute (OpOpen; nil: none), or the mute or ban that an
	// OpModerate has made.
	Sanction *protocol.Sanction
	// User is whom an OpModerate concerned, as among the members; who never joined is a
	// participant without a name.
	User protocol.User
	// Messages are what a clear or an OpErase has changed, by rev. More reports that
	// messages of the user are left: the clear wants to be done again, with Again.
	Messages []protocol.Message
	More     bool
	// Cleared is set by the hub: how many tombstones the whole clear has made.
	Cleared int64
	// Reports is how many reports are open in the room (OpOpen, OpReport, OpResolve).
	Reports int64
	// Report is the report (OpReport, OpResolve).
	Report *protocol.ReportEntry
	// UpTo is the highest role against which the ban or mute holds that stood in the way, or
	// that an OpModerate has made; "": against everybody.
	UpTo protocol.Role
	// Void reports that a ban of the sender ended because it did not hold against the role.
	Void bool
	// Ranked reports that the user is more than a participant anywhere, Next is where to
	// go on (OpSee).
	Ranked bool
	Next   int64
	// At is since when User is revoked (OpRevoke with On).
	At protocol.Time
	// Read is the sender's read marker (OpOpen, OpRead).
	Read int64
	// Epoch and Head are the room's after the op.
	Epoch string
	Head  int64
	// RetryAfter is how long to wait after a retryable Code. Of a store: what is left
	// of the slow mode.
	RetryAfter time.Duration
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
