package view

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/log"
	"hallway/component/view/markup"
	"hallway/component/view/text"
	"hallway/protocol"
)

// mode says what a written text becomes: a new message, an answer, or the new text of an own message.
type mode struct {
	replyTo string            // the message that is answered, by its id; "": none
	answers *protocol.Message // the same, as last seen; nil: not loaded
	editing string            // the message that is edited, by its id; "": none
	was     string            // its text
	// Beside was and before, the mentions in them.
	wasMentions, beforeMentions []protocol.Mention
	before                      string // the text before the edit; it comes back afterwards, as does the answer
}

// on reports whether the text becomes something else than a new message.
func (m *mode) on() bool { return m.editing != "" || m.replyTo != "" }

// follow takes over the messages concerned from a snapshot. It reports whether the mode reads
// differently, and whether the edited message was deleted.
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

// strip is the line above the field that says what the text becomes.
type strip struct {
	pieces []markup.Piece
	text   string // of the answered message
	cancel string // the name of the button that ends the mode; "": there is no strip
}

func (m *mode) strip(t *text.Texts) strip {
	switch {
	case m.editing != "":
		return strip{pieces: []markup.Piece{{Kind: markup.PieceText, Text: t.Say(text.Editing)}}, cancel: t.Say(text.CancelEdit)}
	case m.replyTo != "" && m.answers == nil:
		return strip{pieces: []markup.Piece{{Kind: markup.PieceText, Text: t.Say(text.ReplyingAway)}}, cancel: t.Say(text.CancelReply)}
	case m.replyTo != "":
		return strip{
			pieces: t.Around(text.ReplyingTo, t.NameOf(m.answers.Sender), ""),
			text:   t.Excerpt(m.answers),
			cancel: t.Say(text.CancelReply),
		}
	}
	return strip{}
}

// mayEdit reports whether a message is the user's own and can get another text.
func mayEdit(s *client.Snapshot, m *protocol.Message) bool {
	return m != nil && s.Me.ID != "" && m.Sender.ID == s.Me.ID && !m.Deleted() && m.Encrypted == nil
}

// lastOwn returns the room's last message that the user may edit; nil also while the room's end is
// not loaded.
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

// modeUI draws the strip.
func (c *composer) modeUI() app.UI {
	strip := c.mode.strip(c.text)
	return app.Div().Class("hallway-mode").Hidden(strip.cancel == "").Body(
		app.Div().ID("hallway-mode").Class("hallway-mode-text").Body(
			app.Span().Class("hallway-mode-what").Body(piecesUI(strip.pieces)),
			app.Span().Class("hallway-mode-quote").Attr("dir", "auto").Text(strip.text),
		),
		app.Button().Class("hallway-close").Type("button").
			Aria("label", strip.cancel).Title(strip.cancel).OnClick(c.onCancel),
	)
}

func (c *composer) onCancel(app.Context, app.Event) {
	c.cancelMode()
	c.focus()
}

// reply makes the text an answer to a message.
func (c *composer) reply(id string) {
	m := log.Message(&c.snap, id)
	if m == nil || c.input == nil {
		return
	}
	c.endEdit(c.mode.before, c.mode.beforeMentions)
	c.mode.replyTo, c.mode.answers = id, m
	c.keepDraft()
	c.ctx.Update()
	c.focus()
}

// edit puts the text of an own message into the field, to be changed.
func (c *composer) edit(id string) {
	m := log.Message(&c.snap, id)
	if !mayEdit(&c.snap, m) || c.input == nil {
		return
	}
	if c.mode.editing == "" {
		c.mode.before, c.mode.beforeMentions = c.value(), c.mentions.list
	}
	c.mode.editing, c.mode.was, c.mode.wasMentions = id, m.Text, m.Mentions
	if m.AutoText { // the names of files
		c.write("")
	} else {
		c.writeWith(m.Text, m.Mentions)
	}
	c.keepDraft()
	c.ctx.Update()
	c.focus()
}

// endEdit ends the edit, if there is one, and leaves a text in the field.
func (c *composer) endEdit(leaves string, list []protocol.Mention) {
	if c.mode.editing == "" {
		return
	}
	c.mode.editing, c.mode.was, c.mode.before, c.mode.wasMentions, c.mode.beforeMentions = "", "", "", nil, nil
	c.writeWith(leaves, list)
	c.keepDraft()
	c.ctx.Update()
}

// cancelMode ends the edit or else the answer.
func (c *composer) cancelMode() {
	switch {
	case c.mode.editing != "":
		c.endEdit(c.mode.before, c.mode.beforeMentions)
	case c.mode.replyTo != "":
		c.mode = mode{}
		c.keepDraft()
		c.ctx.Update()
	}
}

// sentEdit is the last edit that was sent, until it is known to be made.
type sentEdit struct {
	id, text string
	mentions []protocol.Mention
}

// submitEdit sends the new text of the edited message.
func (c *composer) submitEdit(ctx app.Context, written string, list []protocol.Mention) {
	if protocol.Blank(written) {
		c.status.setNote(ctx, c.text.Say(text.EditEmpty))
		return
	}
	if written != c.mode.was || !slices.Equal(list, c.mode.wasMentions) {
		if code, why := protocol.CheckText(written, c.snap.TextBytesMax); code != "" {
			c.status.setNote(ctx, c.text.Refusal(code, why, ""))
			return
		}
		if !protocol.MentionsAll(c.mode.wasMentions) && c.mustConfirm(list) {
			return
		}
		c.sentEdit = sentEdit{id: c.mode.editing, text: written, mentions: list}
		c.props.Do(client.EditText{ID: c.mode.editing, Text: written, Mentions: list})
	}
	c.status.setNote(ctx, "")
	c.endEdit(c.mode.before, c.mode.beforeMentions)
}

// followMode brings the mode in line with the snapshot, and reports whether it reads differently. The
// edit of a message that was deleted ends; its text stays.
func (c *composer) followMode() bool {
	changed, gone := c.mode.follow(&c.snap)
	if gone {
		written, list := c.value(), c.mentions.list
		if c.mode.before != "" {
			list = nil
			written = c.mode.before + "\n" + written
		}
		c.endEdit(written, list)
		c.status.note = c.text.Say(text.EditGone)
		c.status.refresh()
	}
	if c.sentEdit.id != "" {
		if m := log.Message(&c.snap, c.sentEdit.id); m != nil && m.Text == c.sentEdit.text {
			c.sentEdit = sentEdit{}
		}
	}
	return changed || gone
}

// giveBack puts the text of a refused edit back into the field, unless something else is written
// there by now.
func (c *composer) giveBack(id string) {
	lost := c.sentEdit
	if lost.id != id || c.mode.editing != "" || c.value() != "" {
		return
	}
	c.sentEdit = sentEdit{}
	c.edit(id)
	c.writeWith(lost.text, lost.mentions)
	c.keepDraft()
}
