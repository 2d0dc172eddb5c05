package text

import (
	"hallway/component/view/markup"
	"hallway/protocol"
)

// Content returns what the chat shows of a message.
func (t *Texts) Content(deleted, encrypted bool, text string) string {
	switch {
	case deleted:
		return t.Say(Deleted)
	case encrypted:
		return t.Say(Encrypted)
	}
	return text
}

// Excerpt returns the beginning of a message on one line.
func (t *Texts) Excerpt(m *protocol.Message) string {
	return t.Content(m.Deleted(), m.Encrypted != nil, markup.Excerpt(m.Text))
}
