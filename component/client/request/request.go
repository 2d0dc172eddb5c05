package request

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// kind is the kind of a request.
type kind uint8

const (
	// Changes of a message.
	edit kind = iota
	remove
	react
	pin
	// Acts.
	moderate
	report
	settings
)

// isAct reports whether a request is an act, not a change of a message.
func (k kind) isAct() bool { return k >= moderate }

// types holds the name of each act in an error frame.
var types = [...]string{moderate: "moderate", report: "report", settings: "settings"}

// request is a request of the user. A change ends when the message shows it or the relay
// refuses it for good. It may be written twice without harm. But a lost connection may
// deliver it late, after the user's next change of the same kind, and then the earlier
// change wins.
type request struct {
	kind  kind
	frame protocol.ClientFrame

	id       string              // the message concerned
	text     string              // edit
	sealed   *protocol.Encrypted // edit, in an encrypted chat: the sealed form to write
	content  client.Content      // edit, in an encrypted chat: the content that was sealed last
	repeats  int                 // edit: the number of repetitions because an older edit came after it
	mentions []protocol.Mention  // edit
	emoji    string              // react
	on       bool                // react, pin
	act      protocol.Act        // moderate
	user     string              // moderate: the user concerned

	writtenAt  time.Time // the time of the write on this connection, if it is unanswered; zero: it waits
	written    bool      // it was written at least once
	unsure     bool      // it has replaced a written change, which the relay may still carry out
	unanswered int       // the number of connections that were closed because no answer came
}

// requestFor returns the request for an event, or nil.
func requestFor(room string, ev client.Event) *request {
	switch ev := ev.(type) {
	case client.EditText:
		text, mentions := protocol.CleanMentions(ev.Text, ev.Mentions)
		return &request{kind: edit, id: ev.ID, text: text, mentions: mentions, frame: protocol.Edit{Room: room, ID: ev.ID, Text: text, Mentions: mentions}}
	case client.Delete:
		return &request{kind: remove, id: ev.ID, frame: protocol.Delete{Room: room, ID: ev.ID}}
	case client.React:
		return &request{kind: react, id: ev.ID, emoji: ev.Emoji, on: ev.On, frame: protocol.React{Room: room, ID: ev.ID, Emoji: ev.Emoji, On: ev.On}}
	case client.Pin:
		return &request{kind: pin, id: ev.ID, on: ev.On, frame: protocol.Pin{Room: room, ID: ev.ID, On: ev.On}}
	case client.Moderate:
		return &request{kind: moderate, act: ev.Act, user: ev.User, frame: protocol.Moderate{
			Room: room, Act: ev.Act, User: ev.User, ForMs: ev.For.Milliseconds(), Reason: protocol.CleanText(ev.Reason),
		}}
	case client.Report:
		return &request{kind: report, id: ev.ID, frame: protocol.Report{Room: room, ID: ev.ID, Reason: protocol.CleanText(ev.Reason)}}
	case client.SetRoom:
		return &request{kind: settings, frame: protocol.Adjust{Room: room, SlowModeS: ev.SlowModeS, Frozen: ev.Frozen}}
	}
	return nil
}

func (r *request) inFlight() bool { return !r.writtenAt.IsZero() }

// shownBy reports whether m shows the change.
func (r *request) shownBy(m *protocol.Message) bool {
	switch r.kind {
	case edit:
		if m.Encrypted != nil {
			return r.sealed != nil && *m.Encrypted == *r.sealed
		}
		return m.Text == r.text && slices.Equal(m.Mentions, r.mentions)
	case remove:
		return m.Deleted()
	case react:
		return slices.Contains(m.Mine, r.emoji) == r.on
	}
	return m.Pinned == r.on
}

// maySay reports whether m may show the reaction. m may leave out some users of a reaction.
func (r *request) maySay(m *protocol.Message, me string) bool {
	for i := range m.Reactions {
		if is := &m.Reactions[i]; is.Emoji == r.emoji {
			named := slices.Contains(is.Users, me)
			return named == r.on || !named && int64(len(is.Users)) < is.Count
		}
	}
	return !r.on
}

// cause returns the cause in the relay's answer to a reaction.
func (r *request) cause(me string) protocol.Cause {
	return protocol.Cause{By: me, Emoji: r.emoji, On: r.on}
}

// replaces reports whether r may replace the waiting change old.
func (r *request) replaces(old *request) bool {
	return !r.kind.isAct() && !old.inFlight() && old.kind == r.kind && old.id == r.id && old.emoji == r.emoji
}
