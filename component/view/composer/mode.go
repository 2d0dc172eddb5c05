package composer

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/dom"
	"hallway/component/view/log"
	"hallway/component/view/markup"
	"hallway/component/view/text"
	"hallway/protocol"
)

// mode is the purpose of the text: a new message, an answer, or an edit.
type mode struct {
	replyTo     string            // the id of the answered message; "": none
	answers     *protocol.Message // the answered message; nil: not loaded
	editing     string            // the id of the edited message; "": none
	was         string            // the text of the edited message
	wasMentions []protocol.Mention
	// before is the text before the edit. It is restored after the edit, and so is the answer.
	before         string
	beforeMentions []protocol.Mention
}

// on reports whether the text is for an answer or an edit.
func (m *mode) on() bool { return m.editing != "" || m.replyTo != "" }

// follow updates the answered and the edited message from a snapshot. changed says whether the strip must be drawn
// again, and gone whether the edited message was deleted.
func (m *mode) follow(s *client.Snapshot) (changed, gone bool) {
	if m.replyTo != "" {
		if now := log.Message(s, m.replyTo); now != nil && now != m.answers {
			m.answers = now
			changed = true
		}
	}
	if m.editing != "" {
		now := log.Message(s, m.editing)
		if now != nil && m.was == "" {
			m.was, m.wasMentions = now.Text, now.Mentions // the edit began before a reload
		}
		gone = now != nil && now.Deleted()
	}
	return changed, gone
}

// strip is the line above the field that shows the mode.
type strip struct {
	pieces []markup.Piece
	text   string // the text of the answered message
	cancel string // the name of the button that ends the mode; "": there is no strip
}

func (m *mode) strip(t *text.Texts, marks map[string]client.Mark) strip {
	switch {
	case m.editing != "":
		return strip{pieces: []markup.Piece{{Kind: markup.PieceText, Text: t.Say(text.Editing)}}, cancel: t.Say(text.CancelEdit)}
	case m.replyTo != "" && m.answers == nil:
		return strip{pieces: []markup.Piece{{Kind: markup.PieceText, Text: t.Say(text.ReplyingAway)}}, cancel: t.Say(text.CancelReply)}
	case m.replyTo != "":
		return strip{
			pieces: t.Around(text.ReplyingTo, t.NameOf(m.answers.Sender), ""),
			text:   t.Excerpt(m.answers, marks[m.replyTo]),
			cancel: t.Say(text.CancelReply),
		}
	}
	return strip{}
}

// mayEdit reports whether the user can edit a message.
func mayEdit(s *client.Snapshot, m *protocol.Message) bool {
	return m != nil && s.Me.ID != "" && m.Sender.ID == s.Me.ID && !m.Deleted() && m.Encrypted == nil
}

// lastOwn returns the room's last message that the user can edit, or nil. It is also nil while the room's end is not
// loaded.
func lastOwn(s *client.Snapshot) *protocol.Message {
	if s.MoreAfter {
		return nil
	}
	for i := len(s.Messages) - 1; i >= 0; i-- {
		if mayEdit(s, s.Messages[i]) {
			return s.Messages[i]
		}
	}
	return nil
}

// sentEdit is the last sent edit, until the message shows it.
type sentEdit struct {
	id, text string
	mentions []protocol.Mention
	was      string // the message's text before the edit
}

// textOf returns the newest text of the user's message: the text of an unanswered edit, or else the message's text.
func (e *sentEdit) textOf(own *protocol.Message) (string, []protocol.Mention) {
	if e.id == own.ID && e.was == own.Text {
		return e.text, e.mentions
	}
	return own.Text, own.Mentions
}

// modes holds the mode of a composer and changes it.
type modes struct {
	*shared
	mode
	sent  sentEdit
	field *field
	draft *draft
}

// ui draws the strip.
func (m *modes) ui() app.UI {
	strip := m.strip(m.text, m.Snap.Marks)
	return dom.UI("div", "hallway-mode").Hidden(strip.cancel == "").Body(
		dom.UI("div", "hallway-mode-text").ID("hallway-mode").Body(
			dom.UI("span", "hallway-mode-what").Body(dom.Pieces(strip.pieces)),
			dom.UI("span", "hallway-mode-quote").Attr("dir", "auto").Text(strip.text),
		),
		dom.ButtonUI("hallway-close", strip.cancel, m.onCancel),
	)
}

func (m *modes) onCancel(app.Context, app.Event) {
	m.cancel()
	m.field.focus()
}

// reply makes the text an answer to a message.
func (m *modes) reply(id string) {
	to := log.Message(m.Snap, id)
	if to == nil || m.field.input == nil {
		return
	}
	m.endEdit(m.before, m.beforeMentions)
	m.replyTo, m.answers = id, to
	m.draft.keep()
	m.update()
	m.field.focus()
}

// edit starts to edit a message of the user.
func (m *modes) edit(id string) {
	own := log.Message(m.Snap, id)
	if !mayEdit(m.Snap, own) || m.field.input == nil {
		return
	}
	if m.editing == "" {
		m.before, m.beforeMentions = m.field.value(), m.field.mentions
	}
	m.editing = id
	m.was, m.wasMentions = m.sent.textOf(own)
	if own.AutoText && m.was == own.Text { // that text holds only the names of files
		m.field.write("", nil)
	} else {
		m.field.write(m.was, m.wasMentions)
	}
	m.draft.keep()
	m.update()
	m.field.focus()
}

// endEdit ends the edit, if there is one, and sets the text of the field.
func (m *modes) endEdit(leaves string, list []protocol.Mention) {
	if m.editing == "" {
		return
	}
	m.editing, m.was, m.before, m.wasMentions, m.beforeMentions = "", "", "", nil, nil
	m.field.write(leaves, list)
	m.draft.keep()
	m.update()
}

// cancel ends the edit, or else the answer.
func (m *modes) cancel() {
	switch {
	case m.editing != "":
		m.endEdit(m.before, m.beforeMentions)
	case m.replyTo != "":
		m.mode = mode{}
		m.draft.keep()
		m.update()
	}
}

// followRoom takes the snapshot, and reports whether the strip must be drawn again. It ends the edit of a deleted
// message, but keeps the text.
func (m *modes) followRoom() bool {
	changed, gone := m.follow(m.Snap)
	if gone {
		written, list := m.field.value(), m.field.mentions
		if m.before != "" {
			list = nil
			written = m.before + "\n" + written
		}
		m.endEdit(written, list)
		m.Status.SetNote(m.text.Say(text.EditGone))
	}
	if m.sent.id != "" {
		if own := log.Message(m.Snap, m.sent.id); own != nil && own.Text == m.sent.text {
			m.sent = sentEdit{}
		}
	}
	return changed || gone
}

// giveBack puts the text of a refused edit back into the field, unless the field has another text by now.
func (m *modes) giveBack(id string) {
	lost := m.sent
	if lost.id != id || m.editing != "" || m.field.value() != "" {
		return
	}
	m.sent = sentEdit{}
	m.edit(id)
	m.field.write(lost.text, lost.mentions)
	m.draft.keep()
}
