package text

import (
	"hallway/component/client"
	"hallway/protocol"
)

// changeWords say why a change was not made.
var changeWords = map[protocol.Code]Word{
	protocol.CodeForbidden:    MayNot,
	protocol.CodeUnauthorized: MayNot,
	protocol.CodeTooLarge:     TooLarge,
	protocol.CodeNotFound:     Gone,
	protocol.CodeRateLimited:  TooFast,
	protocol.CodeUnavailable:  NotNow,
	protocol.CodeInternal:     NotNow,
}

// NotDone says that a change was not made, and why.
func (t *Texts) NotDone(r client.Refused, deleted bool) string {
	told := r.Reason
	if known, ok := whyWords[r.Why]; ok {
		told = t.Say(known)
	} else if known, ok := changeWords[r.Code]; ok {
		told = t.Say(known)
	} else if deleted {
		told = t.Say(Gone)
	} else {
		told = t.understood(told)
	}
	return Because(t.Say(NotDone), told)
}

// reasonWords say why a message was not sent.
var reasonWords = map[protocol.Code]Word{
	protocol.CodeForbidden:    Forbidden,
	protocol.CodeUnauthorized: Forbidden,
	protocol.CodeTooLarge:     TooLarge,
	protocol.CodeConflict:     Conflict,
	protocol.CodeNotFound:     NotNow,
	protocol.CodeRateLimited:  TooFast,
	protocol.CodeUnavailable:  NotNow,
	protocol.CodeInternal:     NotNow,
}

// Because joins what happened and why.
func Because(what, why string) string {
	if why == "" {
		return what
	}
	return what + ": " + why
}

// Refusal says that a message was not sent, and why.
func (t *Texts) Refusal(code protocol.Code, told string, why protocol.Why) string {
	if known, ok := whyWords[why]; ok {
		told = t.Say(known)
	} else if known, ok := reasonWords[code]; ok {
		told = t.Say(known)
	} else {
		told = t.understood(told)
	}
	return Because(t.Say(NotSent), told)
}

// understood returns a reason in the relay's own words, which are English; in another
// language, a word that says less in their place.
func (t *Texts) understood(told string) string {
	if told == "" || t.english() {
		return told
	}
	return t.Say(Refused)
}

// IfEnglish returns a reason in the relay's own words where people can read them beside the
// chat's.
func (t *Texts) IfEnglish(told string) string {
	if !t.english() {
		return ""
	}
	return told
}

// english reports whether the chat speaks English, in words that are not the host's.
func (t *Texts) english() bool {
	_, own := t.own[string(Refused)]
	return t.Tag == english.Tag && !own
}

// whyWords say what stood in the way of something that was refused.
var whyWords = map[protocol.Why]Word{
	protocol.WhyMuted:    WhyMuted,
	protocol.WhyFrozen:   WhyFrozen,
	protocol.WhyArchived: WhyArchived,

	protocol.WhySlowMode:  WhySlowMode,
	protocol.WhyReactions: WhyReactions,
}
