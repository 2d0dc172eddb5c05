package client

import (
	"time"

	"hallway/protocol"
)

// Status is the state of the connection that the user sees.
type Status string

// The states.
const (
	StatusConnecting   Status = "connecting"
	StatusCatchingUp   Status = "catching-up"
	StatusLive         Status = "live"         // the cursor has reached the room's head
	StatusReconnecting Status = "reconnecting" // next try at Snapshot.RetryAt
	StatusOffline      Status = "offline"      // the device says that it has no network
	StatusNotAllowed   Status = "not-allowed"  // final until a new token comes
	StatusUpdateNeeded Status = "update-needed"
	StatusClosed       Status = "closed" // by the user
)

// OfflineMode is the composer's behaviour while the connection is lost.
type OfflineMode string

// The modes.
const (
	OfflineQueue   OfflineMode = "queue"   // it stays open, messages wait in the outbox
	OfflineDisable OfflineMode = "disable" // it is closed until caught up
)

// ItemState is the state of a message of the user.
type ItemState string

// The states of a message of the user. An echoed message is sent.
const (
	ItemWaiting ItemState = "waiting" // not written on this connection
	ItemSending ItemState = "sending" // written, but not echoed yet
	ItemSent    ItemState = "sent"
	ItemFailed  ItemState = "failed" // refused for good: retry or discard
)

// Item is a message in the outbox, as it is stored.
type Item struct {
	ID      string
	Text    string
	ReplyTo string
	// Mentions are parts of the Text.
	Mentions []protocol.Mention
	SentAt   string // the time at which the user pressed send (RFC 3339)
	// Sealed is the encrypted form in an encrypted chat. The stored item then has no Text
	// and no Mentions.
	Sealed *protocol.Encrypted
	// Own is the same content, encrypted for this device alone: it opens when the key of Sealed is gone. It is never written
	// to the relay. nil: there is none, or Sealed is it.
	Own *protocol.Encrypted
	// Order is the item's place in the outbox, strictly increasing.
	Order int64
	// Files go with the message, in this order.
	Files []Attachment
	// Code and Reason say why the item has failed; "": it has not.
	Code   protocol.Code
	Reason string
	// Why is the reason of the refusal as a code, if known.
	Why protocol.Why
}

// Own is an item of the outbox with its visible state.
type Own struct {
	Item
	State ItemState
}

// Sanction is a mute or a ban.
type Sanction struct {
	Until  time.Time // zero: until it is lifted
	Reason string    // "": none, or unknown
}

// Found is a search and its results.
type Found struct {
	Words    string
	Messages []*protocol.Message // the newest first
	More     bool                // the relay has older ones
	Loading  bool
	Failed   bool // the last request failed: SearchMore tries again
}

// People is the answer to an [AskPeople].
type People struct {
	Of     AskPeople
	Users  []protocol.User
	Total  int64 // members of the room, if they were asked for
	More   bool  // the relay has others
	Here   bool  // the answer has come or failed
	Failed bool
}

// Queue is the part of the queue of open reports that is loaded.
type Queue struct {
	Reports []protocol.ReportEntry // the newest first
	More    bool                   // the relay has older ones
	Loading bool
	Closing int64 // the report that is being closed; 0: none
	Failed  bool  // the last request failed: ReviewMore reads the queue again
}

// Snapshot holds the whole state that a view shows at one moment. It is immutable: the
// core and other snapshots share its slices, and nobody changes them in place.
type Snapshot struct {
	Status  Status
	RetryAt time.Time // reconnecting: the time of the next try
	Reason  string    // not allowed, update needed: the reason in English, safe to show
	Crowded bool      // reconnecting: because the user has too many connections

	Me      protocol.User // with the role in the room; zero before the first welcome
	Members int64         // distinct users in the room; 0: not known

	Loaded     bool                // the first page of history has loaded
	Messages   []*protocol.Message // ascending by seq, without a hole
	MoreBefore bool                // the relay has older ones
	MoreAfter  bool                // the relay has newer ones: the window does not reach the end
	Loading    bool                // a page is being loaded
	Outbox     []Own               // the user's messages that are not stored yet, in the order written
	Strip      []Attachment        // the files in the composer, in the order in which they came
	Changing   []string            // ids of messages with a change of the user under way

	Pinned []*protocol.Message // the newest first
	Found  *Found              // nil: the user does not search
	People *People             // nil: the user has not asked for people
	Typing []protocol.User     // others who are writing, in the order in which they began

	ReadSeq     int64 // the seq up to which the user has read, on any device; 0: nothing
	FirstUnread int64 // the first message that was unread when the chat was opened; 0: none

	ComposerOpen  bool // the user may write and send
	KnowsMentions bool // the relay supports mentions and finds members by name
	OutboxFull    bool // the composer is closed because too many messages wait
	StorageFailed bool // some of the user's messages wait only in memory and are lost with the page
	StorageFull   bool // the reason is that the storage is full
	Unread        int  // messages of others that came while the chat was hidden
	Mentions      int  // unread messages of others that mention the user or everybody
	TextBytesMax  int64
	KnowsFiles    bool  // files can be sent here
	FileBytesMax  int64 // in one file; 0: not known
	FilesMax      int64 // of one message

	// Silenced says why the user may not write in this room; "": the user may. Muted is the
	// mute.
	Silenced   protocol.Why
	Muted      *Sanction
	Banned     *Sanction // not allowed: the ban that is the reason
	Frozen     bool      // only organizers write
	SlowModeS  int64     // seconds between two messages of a user who does not moderate; 0: no slow mode
	NextSendAt time.Time // slow mode: the time at which the next message is written; zero: at once
	Reports    int64     // the number of open reports; only moderators get it
	Queue      *Queue    // the queue of reports; nil: the user does not look at it

	Lock  *Lock           // nil: the chat is not encrypted
	Marks map[string]Mark // the marks of messages in an encrypted room, by id
}

// Moderates reports whether users of a role moderate a room.
func Moderates(role protocol.Role) bool { return role.AtLeast(protocol.RoleModerator) }
