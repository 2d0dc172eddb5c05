package client

import (
	"time"

	"hallway/protocol"
)

// Event is something that happened to the chat.
type Event interface{ event() }

// The events of the shell's machinery.
type (
	// Started begins the chat. If Token is empty, the core asks for one.
	Started struct{ Token string }
	// OutboxLoaded answers [LoadOutbox], with the items in the order in which they
	// were saved first.
	OutboxLoaded struct {
		User  string
		Items []Item
		Err   error // the storage cannot be used: the outbox lives in memory
	}
	// Owns tells that this page now owns the user's outbox: until it ends, no other page
	// writes the messages that wait. It follows a LoadOutbox: at once if the page is
	// Alone, otherwise when no other page owns the outbox, which may be never.
	Owns struct {
		User  string
		Alone bool // this platform has no other pages
	}
	// PeerSaid brings a note from another page of the same user, relay and room.
	PeerSaid struct{ Note Note }
	// ItemSaved reports that the item is stored safely.
	ItemSaved struct{ ID string }
	// StorageFailed tells that the item could not be stored.
	StorageFailed struct {
		ID   string
		Err  error
		Full bool // the storage is full
	}
	// TokenGot answers [GetToken], or brings a token that the host set by itself.
	TokenGot struct {
		Token string
		Err   error // there is no token now
	}
	// Opened tells that the dial of a generation has succeeded.
	Opened struct{ Gen int }
	// DialFailed tells that the dial has failed. Status is the HTTP status of a refused
	// upgrade, or 0 if it is not known.
	DialFailed struct {
		Gen    int
		Status int
		Err    error
	}
	// Received is one text frame.
	Received struct {
		Gen  int
		Data []byte
	}
	// Closed tells that the connection has ended, also after a failed write. Code
	// is 0 (or 1006) if no close frame came.
	Closed struct {
		Gen    int
		Code   protocol.CloseCode
		Reason string
	}
	// PageLoaded answers [FetchPage].
	PageLoaded struct {
		Req  int
		Page protocol.Page
	}
	// ReportsLoaded answers [FetchReports].
	ReportsLoaded struct {
		Req     int
		Reports []protocol.ReportEntry
		More    bool
	}
	// PeopleLoaded answers [FetchPeople].
	PeopleLoaded struct {
		Req   int
		Users []protocol.User
		Total int64 // the members of the room, if they were asked for
		More  bool
	}
	// ReportClosed answers [CloseReport].
	ReportClosed struct{ Req int }
	// RequestFailed reports that a request was refused, or got no answer
	// (Status 0).
	RequestFailed struct {
		Req          int
		Status       int
		RetryAfterMs int64
		Err          error
	}
	// TimerFired reports that the time of the last [SetTimer] has come, perhaps long
	// ago.
	TimerFired struct{}
)

// The events of the device and of people.
type (
	// Online tells that the device has a network again.
	Online struct{}
	// Offline tells that the device has no network.
	Offline struct{}
	// Visible tells that the user sees the chat.
	Visible struct{}
	// Hidden tells that the user does not see the chat.
	Hidden struct{}
	// SendText queues a message. ID is a new UUID, made by the shell.
	SendText struct {
		ID      string
		Text    string // may be empty if there are Files
		ReplyTo string
		// Mentions are parts of the Text.
		Mentions []protocol.Mention
		// Files are ids of files in the composer's strip, which go with the message. Failed ones stay in the strip.
		Files []string
	}
	// Retry queues a failed message again, at the end.
	Retry struct{ ID string }
	// Discard removes a failed message, or a waiting one that was never written.
	Discard struct{ ID string }
	// EditText replaces the text and the mentions of a message of the user.
	EditText struct {
		ID, Text string
		Mentions []protocol.Mention
	}
	// Delete makes a message a tombstone.
	Delete struct{ ID string }
	// React adds or takes back the user's own emoji on a message.
	React struct {
		ID, Emoji string
		On        bool
	}
	// Pin pins or unpins a message.
	Pin struct {
		ID string
		On bool
	}
	// Moderate carries out an act on a user. For is the duration of a mute or a ban; 0: for
	// ever. It is answered by [Acted] or [Refused].
	Moderate struct {
		Act    protocol.Act
		User   string
		For    time.Duration
		Reason string
	}
	// Report reports a message to the moderators; answered by [Reported] or [Refused].
	Report struct{ ID, Reason string }
	// Review begins to show the queue of reports to a moderator, or ends it.
	Review struct{ On bool }
	// ReviewMore asks for more of the queue, or for all of it again after a failure.
	ReviewMore struct{}
	// ResolveReport resolves or dismisses a report in the queue. It does nothing while
	// another report is being closed.
	ResolveReport struct {
		N     int64
		State protocol.ReportState
	}
	// SetRoom changes the room's settings that are not nil. The snapshot shows them when
	// that is done; otherwise [Refused] follows.
	SetRoom struct {
		SlowModeS *int64
		Frozen    *bool
	}
	// Typed tells that the user writes. It may come with every key.
	Typed struct{}
	// Seen tells that the user has seen the messages up to a seq.
	Seen struct{ Seq int64 }
	// Search searches for messages with all of the Words; if there are none, it ends the
	// search.
	Search struct{ Words string }
	// SearchMore asks for more results of the search.
	SearchMore struct{}
	// AskPeople asks for users in the room: members by the beginning of a word in their name
	// (Words), users who have reacted with an Emoji to the message ID, or, if all are empty,
	// the number of members. The snapshot has the answer to the last question only.
	AskPeople struct {
		Words     string
		ID, Emoji string
		More      bool // the users behind the loaded ones
	}
	// LoadAround moves the window to a message, named by its seq or, if that is not known,
	// by its id.
	LoadAround struct {
		Seq int64
		ID  string
	}
	// LoadOlder asks for the page before the oldest loaded message.
	LoadOlder struct{}
	// LoadNewer asks for the page after the last loaded message, if the window does not
	// reach the end.
	LoadNewer struct{}
	// LoadNewest moves the window to the end.
	LoadNewest struct{}
	// TryNow ends a wait for the next try to connect.
	TryNow struct{}
	// TokenSource tells that the host has a new way to get a token.
	TokenSource struct{}
	// SetOffline changes the composer's behaviour while the connection is lost.
	SetOffline struct{ Mode OfflineMode }
	// Close ends the chat for good: leave, close 1000.
	Close struct{}
)

func (Started) event()       {}
func (OutboxLoaded) event()  {}
func (Owns) event()          {}
func (PeerSaid) event()      {}
func (ItemSaved) event()     {}
func (StorageFailed) event() {}
func (TokenGot) event()      {}
func (Opened) event()        {}
func (DialFailed) event()    {}
func (Received) event()      {}
func (Closed) event()        {}
func (PageLoaded) event()    {}
func (ReportsLoaded) event() {}
func (ReportClosed) event()  {}
func (RequestFailed) event() {}
func (TimerFired) event()    {}
func (Online) event()        {}
func (Offline) event()       {}
func (Visible) event()       {}
func (Hidden) event()        {}
func (SendText) event()      {}
func (Retry) event()         {}
func (Discard) event()       {}
func (EditText) event()      {}
func (Delete) event()        {}
func (React) event()         {}
func (Pin) event()           {}
func (Moderate) event()      {}
func (Report) event()        {}
func (Review) event()        {}
func (ReviewMore) event()    {}
func (ResolveReport) event() {}
func (SetRoom) event()       {}
func (Typed) event()         {}
func (Seen) event()          {}
func (Search) event()        {}
func (AskPeople) event()     {}
func (PeopleLoaded) event()  {}
func (SearchMore) event()    {}
func (LoadAround) event()    {}
func (LoadOlder) event()     {}
func (LoadNewer) event()     {}
func (LoadNewest) event()    {}
func (TryNow) event()        {}
func (TokenSource) event()   {}
func (SetOffline) event()    {}
func (Close) event()         {}
