package client

import (
	"time"

	"hallway/protocol"
)

// Effect is a task for the shell. The shell starts effects in order. It need not wait for the end of one
// before it starts the next: an event tells the core when a task is done, if the core needs to know.
type Effect interface{ effect() }

// The effects.
type (
	// LoadOutbox loads the outbox of a user in the chat's relay and room;
	// answered by [OutboxLoaded]. It also asks for ownership of that outbox,
	// and gives up that of any other user's: see [Owns].
	LoadOutbox struct{ User string }
	// SaveItem stores an item, new or changed; answered by [ItemSaved] or
	// [StorageFailed].
	SaveItem struct{ Item Item }
	// RemoveItem removes an item from storage; not answered.
	RemoveItem struct{ ID string }
	// TellPeers sends a note to the other pages of the same user, relay and room.
	TellPeers struct{ Note Note }
	// GetToken asks the host for a fresh token; answered by [TokenGot].
	GetToken struct{}
	// Dial opens a connection; answered by [Opened] or [DialFailed].
	Dial struct{ Gen int }
	// Write sends one text frame. If that fails, [Closed] follows.
	Write struct {
		Gen  int
		Data []byte
	}
	// CloseSocket ends the connection of a generation in any state. The core ignores
	// its later events.
	CloseSocket struct {
		Gen  int
		Code protocol.CloseCode
	}
	// FetchPage reads history, or searches it; answered by [PageLoaded] or [RequestFailed].
	// A search supersedes the previous search, and any other page supersedes the previous other page.
	// Req numbers all requests of a chat, of every kind.
	FetchPage struct {
		Req   int
		Token string
		Query PageQuery
	}
	// FetchReports reads the newest open reports, or, if Before is set, those before it;
	// answered by [ReportsLoaded] or [RequestFailed]. It supersedes every
	// FetchReports and CloseReport before it.
	FetchReports struct {
		Req    int
		Token  string
		Before int64
		Limit  int
	}
	// FetchPeople makes the request for an [AskPeople]; answered by [PeopleLoaded] or [RequestFailed].
	// It supersedes every FetchPeople before it.
	FetchPeople struct {
		Req   int
		Token string
		Of    AskPeople
		After string // a user's id
		Limit int
	}
	// CloseReport closes a report; answered by [ReportClosed] or [RequestFailed]. It
	// supersedes as FetchReports does.
	CloseReport struct {
		Req   int
		Token string
		N     int64
		State protocol.ReportState
	}
	// SetTimer sets the chat's one timer, in place of the one before; a zero At
	// stops it. Answered by [TimerFired].
	SetTimer struct{ At time.Time }
	// Changed reports that the chat has a new [Snapshot].
	Changed struct{}
	// Arrived reports a live message of another user.
	Arrived struct {
		Message *protocol.Message
		Mark    Mark // in an encrypted chat
	}
	// Refused reports to the host and the user that an action was refused.
	// ID is the id of the message concerned, if there is one.
	Refused struct {
		Code   protocol.Code
		Reason string
		ID     string
		Why    protocol.Why // the reason as a code; may be empty
		// Of is "moderate", "report" or "settings" if that was refused.
		Of string
	}
	// Warned tells the page's developer why the chat does not connect.
	Warned struct {
		Code   protocol.Code
		Reason string
	}
	// Acted reports a moderator's act to the user concerned, to the moderator who acted,
	// and to all other moderators.
	Acted struct{ protocol.Moderated }
	// Reported reports that the moderators have received the user's report of a message.
	Reported struct{ ID string }
)

// PageQuery names a part of the room's history. At most one of Before, After, Around,
// AroundID, Since and Pinned is set; if none is, it names the newest page.
type PageQuery struct {
	Before   int64  // messages with a smaller seq
	After    int64  // messages with a greater seq
	Around   int64  // messages on both sides of a seq
	AroundID string // messages on both sides of this one
	Pinned   bool   // pinned messages, the newest first
	Words    string // messages with all of these words, the newest first; may go with Before
	Since    int64  // changes with a greater rev
	HasSince bool   // Since counts, even if it is 0
	Limit    int
}

func (LoadOutbox) effect()   {}
func (SaveItem) effect()     {}
func (TellPeers) effect()    {}
func (RemoveItem) effect()   {}
func (GetToken) effect()     {}
func (Dial) effect()         {}
func (Write) effect()        {}
func (CloseSocket) effect()  {}
func (FetchPage) effect()    {}
func (FetchReports) effect() {}
func (CloseReport) effect()  {}
func (FetchPeople) effect()  {}
func (SetTimer) effect()     {}
func (Changed) effect()      {}
func (Arrived) effect()      {}
func (Refused) effect()      {}
func (Warned) effect()       {}
func (Acted) effect()        {}
func (Reported) effect()     {}

// CodeUnreached is the code of a [Warned] about a relay that does not answer. The core
// does not know the cause; the shell may find it.
const CodeUnreached protocol.Code = "unreachable"
