package text

// Word names a text that the chat shows or reads out. A host replaces texts under these
// names; component/element/index.d.ts lists them. A word that depends on a number has a name for each
// form, as "newMessages.one". The comments say which places its texts have: {name}, {other}, {text}
// or, for a number, {n}.
type Word string

// The words of the status.
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
	SentLater    Word = "sentLater"    // the connection is lost, but the user may write
	ClosedForNow Word = "closedForNow" // the connection is lost, and the user may not write
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
	You            Word = "you"   // the user's own name while it is not known
	Guest          Word = "guest" // a user without a name; {text} is a number
	Organizer      Word = "organizer"
	Moderator      Word = "moderator"
	Participant    Word = "participant" // on the card of a user alone
	ReplyTo        Word = "replyTo"     // {name}; the accessible name of a quotation
	ReplyAway      Word = "replyAway"   // in place of a quotation that is not loaded
	Waiting        Word = "waiting"
	Sending        Word = "sending"
	Sent           Word = "sent"
	Failed         Word = "failed"
	Retry          Word = "retry"
	Discard        Word = "discard"
	Forbidden      Word = "forbidden" // why a message was not sent, as the two that follow
	TooLarge       Word = "tooLarge"
	Conflict       Word = "conflict"
)

// The words of the composer.
const (
	Message     Word = "message" // its accessible name
	Placeholder Word = "placeholder"
	Send        Word = "send"
	NotSent     Word = "notSent" // the reason follows
	Left        Word = "left"    // of a number of characters
	PasteLong   Word = "pasteLong"
	NoFiles     Word = "noFiles"
)

// The words of answers and edits.
const (
	ReplyingTo   Word = "replyingTo"   // {name}
	ReplyingAway Word = "replyingAway" // the message is not loaded
	CancelReply  Word = "cancelReply"
	Editing      Word = "editing"
	CancelEdit   Word = "cancelEdit"
	EditEmpty    Word = "editEmpty" // why an edit was not sent
	EditGone     Word = "editGone"  // the message was deleted while it was edited
)

// The words about people.
const (
	People     Word = "people"     // of a number, in the room
	Typing     Word = "typing"     // {name}
	TypingTwo  Word = "typingTwo"  // {name}, {other}
	TypingMany Word = "typingMany" // three or more
)

// The words of mentions.
const (
	MentionWhom    Word = "mentionWhom"    // the accessible name of the list
	MentionDo      Word = "mentionDo"      // the button on the card of a user
	PeopleFound    Word = "peopleFound"    // of a number, in the list
	Everyone       Word = "everyone"       // follows an @
	EveryoneAsk    Word = "everyoneAsk"    // the question, of a number of people
	EveryoneNote   Word = "everyoneNote"   // the consequences
	UnreadMentions Word = "unreadMentions" // of a number; the button to the next
)

// The words of the search.
const (
	Search       Word = "search"
	SearchHint   Word = "searchHint" // in the empty field
	CloseSearch  Word = "closeSearch"
	SearchAdvice Word = "searchAdvice" // while there are no words
	Searching    Word = "searching"
	Found        Word = "found" // of a number of messages
	FoundNone    Word = "foundNone"
	FoundMore    Word = "foundMore" // the button for more
	SearchFailed Word = "searchFailed"
)

// The reasons why a change was not made.
const (
	NotDone Word = "notDone" // the reason follows
	MayNot  Word = "mayNot"
	Gone    Word = "gone"
	TooFast Word = "tooFast"
	NotNow  Word = "notNow"
	Refused Word = "refused" // for any other reason
)

// The words of the actions on a message.
const (
	Edited     Word = "edited"
	Pinned     Word = "pinned"
	Unread     Word = "newSeparator" // before the first unread message
	Reactors   Word = "reactors"     // in the menu, and the title of the list of users
	ReactedBy  Word = "reactedBy"    // {name} is the emoji with its number, {text} the users
	Comma      Word = "comma"        // between names
	And        Word = "and"          // before the last name
	Others     Word = "others"       // of a number, of users who are not named
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
	DeleteNote Word = "deleteNote" // the consequences
	Cancel     Word = "cancel"
	Close      Word = "close"
	More       Word = "moreActions"    // the button that opens the menu
	Menu       Word = "messageActions" // the menu's accessible name
	Shortcuts  Word = "shortcuts"
	AllPinned  Word = "allPinned" // of a number
	PinnedBy   Word = "pinnedBy"  // {name}, {text}
	NotThere   Word = "notThere"  // a wanted message is not in the room
	NotLoaded  Word = "notLoaded" // a wanted message cannot be loaded
	KeyMove    Word = "keyMove"   // the effect of a key, as the three that follow
	KeyInside  Word = "keyInside"
	KeyMenu    Word = "keyMenu"
	KeyBack    Word = "keyBack"
)

// The words of encrypted rooms.
const (
	LockReaders   Word = "lockReaders" // the badge, and the title of the list
	LockNote      Word = "lockNote"    // the purpose of the number
	LockOutList   Word = "lockOutList" // before the users whom a moderator has shut out
	LockReadmit   Word = "lockReadmit" // the button that lets one in again
	LockRenew     Word = "lockRenew"   // the button that makes new keys
	LockRenewNote Word = "lockRenewNote"
	LockWaiting   Word = "lockWaiting" // why nothing can be written, as the three that follow
	LockNoDevice  Word = "lockNoDevice"
	LockMissing   Word = "lockMissing"
	LockOut       Word = "lockOut"
	LockFleeting  Word = "lockFleeting" // keys die with the page
	LockUnable    Word = "lockUnable"   // the room encrypts, and this chat does not
	MarkWaiting   Word = "markWaiting"  // in place of a message, as the two that follow
	MarkBefore    Word = "markBefore"
	MarkAltered   Word = "markAltered"
	MarkUncertain Word = "markUncertain" // beside a message, as the next
	MarkPlain     Word = "markPlain"
)

// The words of moderation.
const (
	Muted         Word = "muted"        // {text} is the end
	MutedForever  Word = "mutedForever" // until it is lifted
	Banned        Word = "banned"       // {text} is the end
	BannedForever Word = "bannedForever"
	Frozen        Word = "frozen"
	Archived      Word = "archived"
	WhyMuted      Word = "whyMuted" // why the relay refused, as the four that follow
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
	UnmuteDo     Word = "unmuteDo" // takes the act back, as the next
	UnbanDo      Word = "unbanDo"
	ClearNote    Word = "clearNote" // the consequences
	Account      Word = "account"   // {name}: the user's id
	HowLong      Word = "howLong"
	UntilLifted  Word = "untilLifted"
	Reason       Word = "reason"
	ReportReason Word = "reportReason"

	MutedNow    Word = "mutedNow" // {name}; the act is done, as for all that follow
	UnmutedNow  Word = "unmutedNow"
	BannedNow   Word = "bannedNow"
	UnbannedNow Word = "unbannedNow"
	ClearedNow  Word = "clearedNow"
	ReportedNow Word = "reportedNow"
	Undo        Word = "undo"

	Room        Word = "room" // the settings
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
	ReportResolve  Word = "reportResolve" // the moderators have acted
	ReportDismiss  Word = "reportDismiss" // the moderators need not act
)

// The words of files.
const (
	Attach          Word = "attach"        // the button
	Camera          Word = "camera"        // the button
	DropHere        Word = "dropHere"      // over the chat, while files are dragged
	AttachedFiles   Word = "attachedFiles" // the accessible name of the strip
	Attached        Word = "attached"      // of a number of files; for assistive technology
	FilesMax        Word = "filesMax"      // of a number: the most files of a message
	Uploading       Word = "uploading"     // {name}; the accessible name of the progress
	FileReady       Word = "fileReady"     // it will be sent with the message
	RetryFile       Word = "retryFile"     // {name}; a button, as the four that follow
	RemoveFile      Word = "removeFile"    // {name}
	DescribeFile    Word = "describeFile"  // {name}
	Download        Word = "download"      // {name}
	Play            Word = "play"          // {name}
	DescribeAsk     Word = "describeAsk"   // the title of the dialog
	DescribeNote    Word = "describeNote"  // why
	Description     Word = "description"   // the field
	FileRefused     Word = "fileRefused"   // the reason follows
	FileAltered     Word = "fileAltered"   // an encrypted file cannot be opened
	FileGone        Word = "fileGone"      // a file cannot be loaded
	NotPlayed       Word = "notPlayed"     // audio or video
	FileLarge       Word = "fileLarge"     // why a file was not uploaded, as the six that follow
	WhyFilesOff     Word = "whyFilesOff"
	WhyFileType     Word = "whyFileType"
	WhyQuota        Word = "whyQuota"
	WhyPicture      Word = "whyPicture"
	WhyScan         Word = "whyScan"
	FileLost        Word = "fileLost"    // also why a message was not sent
	StorageFull     Word = "storageFull" // in the status
	Pictures        Word = "pictures"    // the accessible name of the large view
	PictureOf       Word = "pictureOf"   // {name} is its number, {text} how many there are
	PreviousPicture Word = "previousPicture"
	NextPicture     Word = "nextPicture"
	ZoomIn          Word = "zoomIn"
	ZoomOut         Word = "zoomOut"
)
