package text

import (
	"hallway/component/client"
	"hallway/protocol"
)

// Refusal returns the text about a message that was not sent, with the reason. told is the relay's own reason.
func (t *Texts) Refusal(code protocol.Code, told string, why protocol.Why) string {
	w := whyWords[why]
	if w == "" {
		w = codeWord(code, Forbidden, NotNow)
	}
	return Because(t.Say(NotSent), t.reason(w, told))
}

// NotDone returns the text about a change that was not made, with the reason. deleted says whether the message is gone.
func (t *Texts) NotDone(r client.Refused, deleted bool) string {
	w := whyWords[r.Why]
	if w == "" && r.Code != protocol.CodeConflict {
		w = codeWord(r.Code, MayNot, Gone)
	}
	if w == "" && deleted {
		w = Gone
	}
	return Because(t.Say(NotDone), t.reason(w, r.Reason))
}

// whyWords holds the words for the reasons of refusals.
var whyWords = map[protocol.Why]Word{
	protocol.WhyMuted: WhyMuted, protocol.WhyFrozen: WhyFrozen, protocol.WhyArchived: WhyArchived,
	protocol.WhySlowMode: WhySlowMode, protocol.WhyReactions: WhyReactions,
	protocol.WhyFilesOff: WhyFilesOff, protocol.WhyFileType: WhyFileType, protocol.WhyQuota: WhyQuota,
	protocol.WhyPicture: WhyPicture, protocol.WhyScan: WhyScan,
}

// FileRefusal returns the text about a file that was not uploaded, with the reason. told is the relay's own reason.
func (t *Texts) FileRefusal(code protocol.Code, told string, why protocol.Why) string {
	w := whyWords[why]
	switch {
	case w != "":
	case code == protocol.CodeTooLarge:
		w = FileLarge
	case code == client.CodeFileLost:
		w = FileLost
	default:
		w = codeWord(code, Forbidden, NotNow)
	}
	return Because(t.Say(FileRefused), t.reason(w, told))
}

// codeWord returns the word for a code, or "". forbidden and notFound are the words for these two codes, which differ
// between messages and changes.
func codeWord(code protocol.Code, forbidden, notFound Word) Word {
	switch code {
	case protocol.CodeForbidden, protocol.CodeUnauthorized:
		return forbidden
	case protocol.CodeTooLarge:
		return TooLarge
	case protocol.CodeConflict:
		return Conflict
	case protocol.CodeNotFound:
		return notFound
	case protocol.CodeRateLimited:
		return TooFast
	case protocol.CodeUnavailable, protocol.CodeInternal:
		return NotNow
	case client.CodeLost:
		return FileLost
	}
	return ""
}

// reason returns the text of a word or, without one, the relay's own reason. The relay's reason is in English: in
// another language, reason returns a general text instead.
func (t *Texts) reason(w Word, told string) string {
	switch {
	case w != "":
		return t.Say(w)
	case told == "" || t.english():
		return told
	}
	return t.Say(Refused)
}

// IfEnglish returns the relay's own reason if the chat's language is English, and otherwise "".
func (t *Texts) IfEnglish(told string) string {
	if !t.english() {
		return ""
	}
	return told
}

// english reports whether the chat's language is English, without texts of the host.
func (t *Texts) english() bool {
	_, own := t.own[string(Refused)]
	return t.Tag == languages[0].Tag && !own
}

// Because joins an event and its reason, which may be "".
func Because(what, why string) string {
	if why == "" {
		return what
	}
	return what + ": " + why
}

// Silenced returns the text about why the user may not write, and the moderator's reason. Both are "" if the user may write.
func (t *Texts) Silenced(s *client.Snapshot) (says, reason string) {
	switch s.Silenced {
	case protocol.WhyArchived:
		return t.Say(Archived), ""
	case protocol.WhyFrozen:
		return t.Say(Frozen), ""
	case protocol.WhyEncrypted:
		return t.Say(LockUnable), ""
	case protocol.WhyMuted:
		return t.Sanction(s.Muted, Muted, MutedForever), s.Muted.Reason
	}
	return "", ""
}

// lockWords holds the words for the problems of an encrypted chat.
var lockWords = map[client.LockState]Word{
	client.LockWaiting: LockWaiting, client.LockNoDevice: LockNoDevice, client.LockMissing: LockMissing, client.LockOut: LockOut,
}

// Lock returns the text for the problem of an encrypted chat, or "".
func (t *Texts) Lock(l *client.Lock) string {
	w := lockWords[l.State]
	if w == "" && l.Fleeting {
		w = LockFleeting
	}
	return t.Say(w)
}

// markWords holds the words for the marks of messages.
var markWords = map[client.Mark]Word{
	client.MarkWaiting: MarkWaiting, client.MarkBefore: MarkBefore, client.MarkAltered: MarkAltered,
	client.MarkUncertain: MarkUncertain, client.MarkPlain: MarkPlain,
}

// Mark returns the text for the mark of a message in an encrypted room, or "".
func (t *Texts) Mark(m client.Mark) string { return t.Say(markWords[m]) }

// Sanction returns the text about a mute or a ban of the user, with its end.
func (t *Texts) Sanction(s *client.Sanction, until, forever Word) string {
	if s.Until.IsZero() {
		return t.Say(forever)
	}
	return t.With(until, "", t.Moment(s.Until))
}
