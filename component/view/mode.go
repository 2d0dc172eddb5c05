package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/markup"
	"hallway/component/view/text"
	"hallway/protocol"
)

// mode is what becomes of what is written: a new message, an answer, or another text
// for a message of one's own.
type mode struct {
	replyTo string            // the message that is answered, by its id; "": none
	answers *protocol.Message // the same, as last seen; nil: not loaded
	editing string            // the message that is edited, by its id; "": none
	was     string            // its text
	before  string            // what was written when the edit began; it comes back, as does the answer
}

// on reports whether what is written becomes no new message.
func (m *mode) on() bool { return m.editing != "" || m.replyTo != "" }

// follow takes over what a snapshot says about the messages concerned. It reports
// whether the mode reads differently, and whether the message that is edited was
// deleted.
func (m *mode) follow(s *client.Snapshot) (changed, gone bool) {
	if m.replyTo != "" {
		if now := messageOf(s, m.replyTo); now != nil && now != m.answers {
			m.answers = now
			changed = true
		}
	}
	if m.editing != "" {
		now := messageOf(s, m.editing)
		if now != nil && m.was == "" {
			m.was = now.Text // begun before a reload
		}
		gone = now != nil && now.Deleted()
	}
	return changed, gone
}

// strip is what the composer says about its mode.
type strip struct {
	pieces []markup.Piece
	text   string // of the message that is answered
	cancel string // the name of the button that ends it; "": there is no strip
}

func (m *mode) strip(t *text.Texts) strip {
	switch {
	case m.editing != "":
		return strip{pieces: []markup.Piece{{Kind: markup.PieceText, Text: t.Say(text.Editing)}}, cancel: t.Say(text.CancelEdit)}
	case m.replyTo != "" && m.answers == nil:
		return strip{pieces: []markup.Piece{{Kind: markup.PieceText, Text: t.Say(text.ReplyingAway)}}, cancel: t.Say(text.CancelReply)}
	case m.replyTo != "":
		a := m.answers
		return strip{
			pieces: t.Around(text.ReplyingTo, t.NameOf(a.Sender), ""),
			text:   t.Excerpt(a),
			cancel: t.Say(text.CancelReply),
		}
	}
	return strip{}
}

// messageOf gives a stored message of a snapshot, or nil.
func messageOf(s *client.Snapshot, id string) *protocol.Message {
	if i, ok := findID(s, id); ok && i < len(s.Messages) {
		return s.Messages[i]
	}
	return nil
}

// mayEdit reports whether a message is one's own and can have another text.
func mayEdit(s *client.Snapshot, m *protocol.Message) bool {
	return m != nil && s.Me.ID != "" && m.Sender.ID == s.Me.ID && !m.Deleted() && m.Encrypted == nil
}

// lastOwn gives the last message of the room's that is one's own and can have another
// text; nil also where the room's end is not loaded.
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

// modeUI is the strip above what is written.
func (c *Chat) modeUI() app.UI {
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

func (c *Chat) onCancel(ctx app.Context, _ app.Event) {
	c.cancelMode()
	c.focusInput()
}

// reply makes what is written an answer to a message.
func (c *Chat) reply(id string) {
	m := messageOf(&c.snap, id)
	if m == nil || c.input == nil {
		return
	}
	c.endEdit(c.mode.before)
	c.mode.replyTo, c.mode.answers = id, m
	c.keepDraft()
	c.ctx.Update()
	c.focusInput()
}

// edit puts the text of a message of one's own into the composer, to be changed.
func (c *Chat) edit(id string) {
	m := messageOf(&c.snap, id)
	if !mayEdit(&c.snap, m) || c.input == nil {
		return
	}
	if c.mode.editing == "" {
		c.mode.before = c.input.Get("value").String()
	}
	c.mode.editing, c.mode.was = id, m.Text
	c.write(m.Text)
	c.keepDraft()
	c.ctx.Update()
	c.focusInput()
}

// endEdit ends the edit, if there is one, and leaves a text in the composer.
func (c *Chat) endEdit(text string) {
	if c.mode.editing == "" {
		return
	}
	c.mode.editing, c.mode.was, c.mode.before = "", "", ""
	c.write(text)
	c.keepDraft()
	c.ctx.Update()
}

// cancelMode takes back the edit or else the answer, and reports whether there was
// one.
func (c *Chat) cancelMode() bool {
	switch {
	case c.mode.editing != "":
		c.endEdit(c.mode.before)
	case c.mode.replyTo != "":
		c.mode = mode{}
		c.keepDraft()
		c.ctx.Update()
	default:
		return false
	}
	return true
}

// submitEdit hands over the new text of the message that is edited.
func (c *Chat) submitEdit(ctx app.Context, written string) {
	if protocol.Blank(written) {
		c.setNote(ctx, c.text.Say(text.EditEmpty))
		return
	}
	if written != c.mode.was {
		if code, why := protocol.CheckText(written, c.snap.TextBytesMax); code != "" {
			c.setNote(ctx, c.text.Refusal(code, why, ""))
			return
		}
		c.edited = edited{id: c.mode.editing, text: written}
		c.props.OnEdit(c.mode.editing, written)
	}
	c.setNote(ctx, "")
	c.endEdit(c.mode.before)
}

// followMode brings the mode in line with the snapshot, and reports whether it reads
// differently. An edit whose message was deleted ends; what was written stays.
func (c *Chat) followMode() bool {
	changed, gone := c.mode.follow(&c.snap)
	if gone {
		written := c.input.Get("value").String()
		if c.mode.before != "" {
			written = c.mode.before + "\n" + written
		}
		c.endEdit(written)
		c.note = c.text.Say(text.EditGone)
		c.refreshLine()
	}
	if c.edited.id != "" {
		if m := messageOf(&c.snap, c.edited.id); m != nil && m.Text == c.edited.text {
			c.edited = edited{}
		}
	}
	return changed || gone
}
