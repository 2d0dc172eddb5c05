package view

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// word names a text that the chat says. The names are those under which a host
// hands in its own texts (component/element/index.d.ts lists them); a word that
// depends on a number has one for each form, as "newMessages.one".
type word string

// The words of the state's line.
const (
	wordLive         word = "live"
	wordConnecting   word = "connecting"
	wordCatchingUp   word = "catchingUp"
	wordReconnecting word = "reconnecting"
	wordInSeconds    word = "inSeconds" // of a number; follows wordReconnecting
	wordOffline      word = "offline"
	wordNotAllowed   word = "notAllowed"
	wordUpdateNeeded word = "updateNeeded"
	wordClosed       word = "closed"
	wordTryNow       word = "tryNow"
	wordAskForAccess word = "askForAccess" // what to do when not allowed
	wordReloadPage   word = "reloadPage"   // what to do when an update is needed
	wordSentLater    word = "sentLater"    // the connection is lost, one may write
	wordClosedForNow word = "closedForNow" // the connection is lost, one may not
	wordOutboxFull   word = "outboxFull"
	wordMemoryOnly   word = "memoryOnly"
	wordTooManyChats word = "tooManyChats"
)

// The words of the log.
const (
	wordLog            word = "log" // its accessible name
	wordEmpty          word = "empty"
	wordWriteFirst     word = "writeFirst"
	wordEarlier        word = "earlier"
	wordEarlierLoading word = "earlierLoading"
	wordLatest         word = "latest"
	wordFresh          word = "fresh"
	wordNewMessages    word = "newMessages" // of a number; for assistive technology
	wordSays           word = "says"        // {name}, {text}; for assistive technology
	wordDeleted        word = "deleted"
	wordEncrypted      word = "encrypted"
	wordYou            word = "you"   // one's own name while it is not known
	wordGuest          word = "guest" // {text}, a number: a user without a name
	wordOrganizer      word = "organizer"
	wordModerator      word = "moderator"
	wordReplyTo        word = "replyTo"   // {name}; the accessible name of a quotation
	wordReplyAway      word = "replyAway" // in place of a quotation that is not loaded
	wordWaiting        word = "waiting"
	wordSending        word = "sending"
	wordSent           word = "sent"
	wordFailed         word = "failed"
	wordRetry          word = "retry"
	wordDiscard        word = "discard"
	wordForbidden      word = "forbidden" // why something was not sent
	wordTooLarge       word = "tooLarge"
	wordConflict       word = "conflict"
)

// The words of the composer.
const (
	wordMessage     word = "message" // its accessible name
	wordPlaceholder word = "placeholder"
	wordSend        word = "send"
	wordNotSent     word = "notSent" // followed by why
	wordLeft        word = "left"    // of a number of characters
	wordPasteLong   word = "pasteLong"
	wordNoFiles     word = "noFiles"
)

// The words of what is written in answer to a message or in its place.
const (
	wordReplyingTo   word = "replyingTo"   // {name}
	wordReplyingAway word = "replyingAway" // to a message that is not loaded
	wordCancelReply  word = "cancelReply"
	wordEditing      word = "editing"
	wordCancelEdit   word = "cancelEdit"
	wordEditEmpty    word = "editEmpty" // why an edit is not taken
	wordEditGone     word = "editGone"  // the message was deleted while it was edited
)

// The words about people.
const (
	wordPeople     word = "people"     // of a number: how many are in the room
	wordTyping     word = "typing"     // {name}
	wordTypingTwo  word = "typingTwo"  // {name}, {other}
	wordTypingMany word = "typingMany" // more of them
)

// The words of the search.
const (
	wordSearch       word = "search"
	wordSearchHint   word = "searchHint" // in the empty field
	wordCloseSearch  word = "closeSearch"
	wordSearchAdvice word = "searchAdvice" // while nothing is looked for
	wordSearching    word = "searching"
	wordFound        word = "found" // of a number of messages
	wordFoundNone    word = "foundNone"
	wordFoundMore    word = "foundMore" // the button for more of them
	wordSearchFailed word = "searchFailed"
)

// Why a change was not made.
const (
	wordNotDone word = "notDone" // followed by why
	wordMayNot  word = "mayNot"
	wordGone    word = "gone"
	wordTooFast word = "tooFast"
	wordNotNow  word = "notNow"
	wordRefused word = "refused" // whatever else
)

// The words of what can be done with a message.
const (
	wordEdited     word = "edited"
	wordPinned     word = "pinned"
	wordUnread     word = "newSeparator" // separates what is new
	wordReactedBy  word = "reactedBy"    // {name} is the emoji with its number, {text} who
	wordComma      word = "comma"        // between names
	wordAnd        word = "and"          // before the last name
	wordOthers     word = "others"       // of a number: people who are not named
	wordReact      word = "react"
	wordFrequent   word = "frequent" // a group of emoji, as are the three that follow
	wordFaces      word = "faces"
	wordHands      word = "hands"
	wordThings     word = "things"
	wordReply      word = "reply"
	wordEdit       word = "edit"
	wordCopy       word = "copyText"
	wordCopied     word = "copied"
	wordPin        word = "pin"
	wordUnpin      word = "unpin"
	wordDelete     word = "delete"
	wordDeleteAsk  word = "deleteAsk"
	wordDeleteNote word = "deleteNote" // what deleting does
	wordCancel     word = "cancel"
	wordClose      word = "close"
	wordMore       word = "moreActions"    // the button that opens the menu
	wordMenu       word = "messageActions" // the menu's accessible name
	wordShortcuts  word = "shortcuts"
	wordAllPinned  word = "allPinned" // of a number
	wordPinnedBy   word = "pinnedBy"  // {name}, {text}
	wordNotThere   word = "notThere"  // a message that was to be shown is not in the room
	wordNotLoaded  word = "notLoaded" // a message that was to be shown cannot be loaded
	wordKeyMove    word = "keyMove"   // what a key does, as the three that follow
	wordKeyInside  word = "keyInside"
	wordKeyMenu    word = "keyMenu"
	wordKeyBack    word = "keyBack"
)

// The words of moderation.
const (
	wordMuted         word = "muted"        // {text}: until when
	wordMutedForever  word = "mutedForever" // until it is lifted
	wordBanned        word = "banned"       // {text}: until when
	wordBannedForever word = "bannedForever"
	wordFrozen        word = "frozen"
	wordArchived      word = "archived"
	wordWhyMuted      word = "whyMuted" // why something was refused, as the two that follow
	wordWhyFrozen     word = "whyFrozen"
	wordWhyArchived   word = "whyArchived"
	wordWhySlowMode   word = "whySlowMode"
	wordWhyReactions  word = "whyReactions"

	wordReport       word = "report" // in the menu, as the three that follow
	wordMute         word = "mute"
	wordBan          word = "ban"
	wordClear        word = "clear"
	wordReportAsk    word = "reportAsk" // the question, as the three that follow
	wordMuteAsk      word = "muteAsk"   // {name}
	wordBanAsk       word = "banAsk"    // {name}
	wordClearAsk     word = "clearAsk"  // {name}
	wordReportDo     word = "reportDo"  // the button, as the four that follow
	wordMuteDo       word = "muteDo"
	wordBanDo        word = "banDo"
	wordUnmuteDo     word = "unmuteDo" // takes it back, as the next
	wordUnbanDo      word = "unbanDo"
	wordClearNote    word = "clearNote" // what it does
	wordAccount      word = "account"   // {name}: the user's id
	wordHowLong      word = "howLong"
	wordUntilLifted  word = "untilLifted"
	wordReason       word = "reason"
	wordReportReason word = "reportReason"

	wordMutedNow    word = "mutedNow" // {name}: what was done, as all that follow
	wordUnmutedNow  word = "unmutedNow"
	wordBannedNow   word = "bannedNow"
	wordUnbannedNow word = "unbannedNow"
	wordClearedNow  word = "clearedNow"
	wordReportedNow word = "reportedNow"
	wordUndo        word = "undo"

	wordRoom        word = "room" // its settings
	wordSlowMode    word = "slowMode"
	wordSlowOff     word = "slowOff"
	wordFreeze      word = "freeze"
	wordOpenReports word = "openReports" // of a number
	wordSave        word = "save"

	wordReports        word = "reports" // the queue
	wordReportsNone    word = "reportsNone"
	wordReportsLoading word = "reportsLoading"
	wordReportsFailed  word = "reportsFailed"
	wordReportedBy     word = "reportedBy"    // {name}
	wordReportShow     word = "reportShow"    // the button that leads to the message, as the two that follow
	wordReportResolve  word = "reportResolve" // it was right, and something was done
	wordReportDismiss  word = "reportDismiss" // there is nothing to it
)

// language is what the chat says in one language.
type language struct {
	tag    string // BCP 47
	dir    string // "ltr" or "rtl"
	plural func(n int) plural
	words  map[word]string
}

// languages are those that the chat speaks; the first is for all others.
var languages = [...]*language{english, german, french, arabic}

// texts is what the chat says: in a language, with the host's own words.
type texts struct {
	*language
	own    map[string]string
	number func(n int) string     // as people of the place write it
	moment func(time.Time) string // as people of the place say it
	same   func(a, b string) bool // whether two words are one, but for case and accents
}

// textsFor gives the texts for a BCP 47 tag; own, which may be nil, are the host's.
func textsFor(tag string, own map[string]string) *texts {
	speak := languages[0]
	for _, l := range languages {
		if l.tag == primary(tag) {
			speak = l
		}
	}
	return &texts{
		language: speak, own: maps.Clone(own), number: strconv.Itoa, same: strings.EqualFold,
		moment: func(t time.Time) string { return t.Format(time.RFC3339) },
	}
}

// primary is the language of a tag, without a script or place.
func primary(tag string) string {
	language, _, _ := strings.Cut(strings.ToLower(hyphenated(tag)), "-")
	return language
}

// hyphenated returns a tag with hyphens, for those who write "de_DE".
func hyphenated(tag string) string { return strings.ReplaceAll(tag, "_", "-") }

// inRegion returns a language's tag with the region of another tag, if that has one.
func inRegion(language, tag string) string {
	for i, part := range strings.Split(hyphenated(tag), "-") {
		if i > 0 && len(part) == 1 {
			break // an extension follows
		}
		if i > 0 && len(part) == 2 {
			return language + "-" + strings.ToUpper(part)
		}
	}
	return language
}

// say gives a word. It is not put into the many functions that call it: that would cost
// a page 10 KB.
//
//go:noinline
func (t *texts) say(w word) string {
	if own, ok := t.own[string(w)]; ok {
		return own
	}
	return t.words[w]
}

// with gives a word about somebody or something.
func (t *texts) with(w word, name, text string) string {
	said := ""
	for rest := t.say(w); ; {
		before, after, found := strings.Cut(rest, "{")
		said += before
		switch {
		case !found:
			return said
		case strings.HasPrefix(after, "name}"):
			said, rest = said+name, after[len("name}"):]
		case strings.HasPrefix(after, "text}"):
			said, rest = said+text, after[len("text}"):]
		default:
			said, rest = said+"{", after
		}
	}
}

// about gives a word about somebody, whose name does not turn the text around it.
func (t *texts) about(w word, name string) string {
	const isolate, end = "\u2068", "\u2069"
	return t.with(w, isolate+strings.Map(undirected, name)+end, "")
}

// undirected drops the characters that set a direction: in a name, they could end its
// isolation.
func undirected(r rune) rune {
	if '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' {
		return -1
	}
	return r
}

// count gives a word about a number of things.
func (t *texts) count(w word, n int) string {
	text := t.say(w + "." + word(t.plural(n)))
	if text == "" {
		text = t.say(w + "." + word(pluralOther))
	}
	return strings.ReplaceAll(text, "{n}", t.number(n))
}

// countSome is count where there may be more of them.
func (t *texts) countSome(w word, n int, more bool) string {
	text := t.count(w, n)
	if more {
		number := t.number(n)
		text = strings.Replace(text, number, number+"+", 1)
	}
	return text
}

var stateWords = map[client.ItemState]word{
	client.ItemWaiting: wordWaiting,
	client.ItemSending: wordSending,
	client.ItemSent:    wordSent,
	client.ItemFailed:  wordFailed,
}

// reasonWords say why a message was not sent.
var reasonWords = map[protocol.Code]word{
	protocol.CodeForbidden:    wordForbidden,
	protocol.CodeUnauthorized: wordForbidden,
	protocol.CodeTooLarge:     wordTooLarge,
	protocol.CodeConflict:     wordConflict,
	protocol.CodeNotFound:     wordNotNow,
	protocol.CodeRateLimited:  wordTooFast,
	protocol.CodeUnavailable:  wordNotNow,
	protocol.CodeInternal:     wordNotNow,
}

var roleWords = map[protocol.Role]word{
	protocol.RoleOrganizer: wordOrganizer,
	protocol.RoleModerator: wordModerator,
}

// because joins what happened and why.
func because(what, why string) string {
	if why == "" {
		return what
	}
	return what + ": " + why
}

// refusal says that a message was not sent, and why.
func (t *texts) refusal(code protocol.Code, told string, why protocol.Why) string {
	if known, ok := whyWords[why]; ok {
		told = t.say(known)
	} else if known, ok := reasonWords[code]; ok {
		told = t.say(known)
	} else {
		told = t.understood(told)
	}
	return because(t.say(wordNotSent), told)
}

// understood returns a reason in the relay's own words, which are English; in another
// language, a word that says less in their place.
func (t *texts) understood(told string) string {
	if told == "" || t.english() {
		return told
	}
	return t.say(wordRefused)
}

// ifEnglish returns a reason in the relay's own words where people can read them beside the
// chat's.
func (t *texts) ifEnglish(told string) string {
	if !t.english() {
		return ""
	}
	return told
}

// english reports whether the chat speaks English, in words that are not the host's.
func (t *texts) english() bool {
	_, own := t.own[string(wordRefused)]
	return t.tag == english.tag && !own
}
