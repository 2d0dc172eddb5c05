package view

import (
	"hallway/component/client"
	"hallway/component/view/markup"
	"hallway/component/view/text"
)

// hit is a found message as it is shown.
type hit struct {
	id     string
	seq    int64
	sender string
	when   string
	pieces []markup.Piece
}

// hitsOf returns the hits of an answer; date writes the time of a message.
func hitsOf(f *client.Found, t *text.Texts, date func(at int64) string) []hit {
	hits := make([]hit, len(f.Messages))
	for i, m := range f.Messages {
		pieces := []markup.Piece{{Kind: markup.PieceText, Text: t.Content(m.Deleted(), m.Encrypted != nil, "")}}
		if pieces[0].Text == "" {
			pieces = markup.Highlight(markup.Strip(m.Text), f.Words, t.Same)
		}
		hits[i] = hit{id: m.ID, seq: m.Seq, sender: t.NameOf(m.Sender), when: date(int64(m.CreatedAt) / 1000), pieces: pieces}
	}
	return hits
}
