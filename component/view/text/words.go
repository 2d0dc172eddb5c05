package text

// Word names a text that the chat shows or reads out. A host hands in texts of its own under these
// names (component/element/index.d.ts lists them). A word that
// depends on a number has one for each form, as "newMessages.one".
type Word string

// The words of the state's line.
const (
	Live         Word = "live"
	Connecting   Word = "connecting"
	CatchingUp   Word = "catchingUp"
	Reconnecting Word = "reconnecting"
	InSeconds    Word = "inSeconds" // of a number; follows Reconnecting
	Offline      Word = "offline"
	NotAllowed   Word = "notAllowed"
	UpdateNeeded Word = "updateNeeded"
	Closed       Word = "closed"
	TryNow       Word = "tryNow"
	AskForAccess Word = "askForAccess" // what to do when not allowed
	ReloadPage   Word = "reloadPage"   // what to do when an update is needed
	SentLater    Word = "sentLater"    // the connection is lost, one may write
	ClosedForNow Word = "closedForNow" // the connection is lost, one may not
	OutboxFull   Word = "outboxFull"
	MemoryOnly   Word = "memoryOnly"
	TooManyChats Word = "tooManyChats"
)

// The words of the log.
const (
	Log            Word = "log" // its accessible name
	Empty          Word = "empty"
	WriteFirst     Word = "writeFirst"
	Earlier        Word = "earlier"
	EarlierLoading Word = "earlierLoading"
	Latest         Word = "latest"
	Fresh          Word = "fresh"
	NewMessages    Word = "newMessages" // of a number; for assistive technology
	Says           Word = "says"        // {name}, {text}; for assistive technology
	Deleted        Word = "deleted"
	Encrypted      Word = "encrypted"
	You            Word = "you"   // one's own name while it is not known
	Guest          Word = "guest" // {text}, a number: a user without a name
	Organizer      Word = "organizer"
	Moderator      Word = "moderator"
	ReplyTo        Word = "replyTo"   // {name}; the accessible name of a quotation
	ReplyAway      Word = "replyAway" // in place of a quotation that is not loaded
	Waiting        Word = "waiting"
	Sending        Word = "sending"
	Sent           Word = "sent"
	Failed         Word = "failed"
	Retry          Word = "retry"
	Discard        Word = "discard"
	Forbidden      Word = "forbidden" // why something was not sent
	TooLarge       Word = "tooLarge"
	Conflict       Word = "conflict"
)

// The words of the composer.
const (
	Message     Word = "message" // its accessible name
	Placeholder Word = "placeholder"
	Send        Word = "send"
	NotSent     Word = "notSent" // followed by why
	Left        Word = "left"    // of a number of characters
	PasteLong   Word = "pasteLong"
	NoFiles     Word = "noFiles"
)

// The words of what is written in answer to a message or in its place.
const (
	ReplyingTo   Word = "replyingTo"   // {name}
	ReplyingAway Word = "replyingAway" // to a message that is not loaded
	CancelReply  Word = "cancelReply"
	Editing      Word = "editing"
	CancelEdit   Word = "cancelEdit"
	EditEmpty    Word = "editEmpty" // why an edit is not taken
	EditGone     Word = "editGone"  // the message was deleted while it was edited
)

// The words about people.
const (
	People     Word = "people"     // of a number: how many are in the room
	Typing     Word = "typing"     // {name}
	TypingTwo  Word = "typingTwo"  // {name}, {other}
	TypingMany Word = "typingMany" // more of them
)

// The words of the search.
const (
	Search       Word = "search"
	SearchHint   Word = "searchHint" // in the empty field
	CloseSearch  Word = "closeSearch"
	SearchAdvice Word = "searchAdvice" // while nothing is looked for
	Searching    Word = "searching"
	Found        Word = "found" // of a number of messages
	FoundNone    Word = "foundNone"
	FoundMore    Word = "foundMore" // the button for more of them
	SearchFailed Word = "searchFailed"
)

// Why a change was not made.
const (
	NotDone Word = "notDone" // followed by why
	MayNot  Word = "mayNot"
	Gone    Word = "gone"
	TooFast Word = "tooFast"
	NotNow  Word = "notNow"
	Refused Word = "refused" // whatever else
)

// The words of what can be done with a message.
const (
	Edited     Word = "edited"
	Pinned     Word = "pinned"
	Unread     Word = "newSeparator" // separates what is new
	ReactedBy  Word = "reactedBy"    // {name} is the emoji with its number, {text} who
	Comma      Word = "comma"        // between names
	And        Word = "and"          // before the last name
	Others     Word = "others"       // of a number: people who are not named
	React      Word = "react"
	Frequent   Word = "frequent" // a group of emoji, as are the three that follow
	Faces      Word = "faces"
	Hands      Word = "hands"
	Things     Word = "things"
	Reply      Word = "reply"
	Edit       Word = "edit"
	Copy       Word = "copyText"
	Copied     Word = "copied"
	Pin        Word = "pin"
	Unpin      Word = "unpin"
	Delete     Word = "delete"
	DeleteAsk  Word = "deleteAsk"
	DeleteNote Word = "deleteNote" // what deleting does
	Cancel     Word = "cancel"
	Close      Word = "close"
	More       Word = "moreActions"    // the button that opens the menu
	Menu       Word = "messageActions" // the menu's accessible name
	Shortcuts  Word = "shortcuts"
	AllPinned  Word = "allPinned" // of a number
	PinnedBy   Word = "pinnedBy"  // {name}, {text}
	NotThere   Word = "notThere"  // a message that was to be shown is not in the room
	NotLoaded  Word = "notLoaded" // a message that was to be shown cannot be loaded
	KeyMove    Word = "keyMove"   // what a key does, as the three that follow
	KeyInside  Word = "keyInside"
	KeyMenu    Word = "keyMenu"
	KeyBack    Word = "keyBack"
)

// The words of moderation.
const (
	Muted         Word = "muted"        // {text}: until when
	MutedForever  Word = "mutedForever" // until it is lifted
	Banned        Word = "banned"       // {text}: until when
	BannedForever Word = "bannedForever"
	Frozen        Word = "frozen"
	Archived      Word = "archived"
	WhyMuted      Word = "whyMuted" // why something was refused, as the two that follow
	WhyFrozen     Word = "whyFrozen"
	WhyArchived   Word = "whyArchived"
	WhySlowMode   Word = "whySlowMode"
	WhyReactions  Word = "whyReactions"

	Report       Word = "report" // in the menu, as the three that follow
	Mute         Word = "mute"
	Ban          Word = "ban"
	Clear        Word = "clear"
	ReportAsk    Word = "reportAsk" // the question, as the three that follow
	MuteAsk      Word = "muteAsk"   // {name}
	BanAsk       Word = "banAsk"    // {name}
	ClearAsk     Word = "clearAsk"  // {name}
	ReportDo     Word = "reportDo"  // the button, as the four that follow
	MuteDo       Word = "muteDo"
	BanDo        Word = "banDo"
	UnmuteDo     Word = "unmuteDo" // takes it back, as the next
	UnbanDo      Word = "unbanDo"
	ClearNote    Word = "clearNote" // what it does
	Account      Word = "account"   // {name}: the user's id
	HowLong      Word = "howLong"
	UntilLifted  Word = "untilLifted"
	Reason       Word = "reason"
	ReportReason Word = "reportReason"

	MutedNow    Word = "mutedNow" // {name}: what was done, as all that follow
	UnmutedNow  Word = "unmutedNow"
	BannedNow   Word = "bannedNow"
	UnbannedNow Word = "unbannedNow"
	ClearedNow  Word = "clearedNow"
	ReportedNow Word = "reportedNow"
	Undo        Word = "undo"

	Room        Word = "room" // its settings
	SlowMode    Word = "slowMode"
	SlowOff     Word = "slowOff"
	Freeze      Word = "freeze"
	OpenReports Word = "openReports" // of a number
	Save        Word = "save"

	Reports        Word = "reports" // the queue
	ReportsNone    Word = "reportsNone"
	ReportsLoading Word = "reportsLoading"
	ReportsFailed  Word = "reportsFailed"
	ReportedBy     Word = "reportedBy"    // {name}
	ReportShow     Word = "reportShow"    // the button that leads to the message, as the two that follow
	ReportResolve  Word = "reportResolve" // it was right, and something was done
	ReportDismiss  Word = "reportDismiss" // there is nothing to it
)
