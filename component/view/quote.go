package view

import (
	"strings"
	"unicode/utf8"

	"hallway/component/client"
	"hallway/protocol"
)

const (
	// quoteBytesMax is how much of a message is quoted.
	quoteBytesMax = 160
	// quotesMax bounds the quotations that are remembered.
	quotesMax = 1000
)

// quote is what a reply shows of the message that it answers.
type quote struct {
	id        string // "": it is no reply
	loaded    bool   // else nothing is known of it
	deleted   bool
	encrypted bool
	by        string // the sender's id
	sender    string // fit to be shown; "": without a name
	text      string
}

// quotes finds the messages that replies answer. It remembers them, for it is asked
// at each frame.
type quotes struct {
	found map[string]*protocol.Message
	made  map[string]quote
	// Messages that are not loaded, looked for while this was the first one's seq.
	away      map[string]bool
	awayFirst int64
}

// of makes the quotation of a message by its id.
func (q *quotes) of(s *client.Snapshot, id string) quote {
	if id == "" {
		return quote{}
	}
	m := q.find(s, id)
	if m == nil {
		return quote{id: id}
	}
	if q.found[id] != m {
		if q.found == nil || len(q.found) >= quotesMax {
			q.found, q.made = make(map[string]*protocol.Message), make(map[string]quote)
		}
		q.found[id] = m
		q.made[id] = quote{
			id: id, loaded: true, deleted: m.Deleted(), encrypted: m.Encrypted != nil,
			by: m.Sender.ID, sender: shownName(m.Sender.Name), text: excerpt(m.Text),
		}
	}
	return q.made[id]
}

// find gives a message of the snapshot as it is now, or nil. A message that is not
// loaded is looked for again only when older ones came: nobody answers what is yet
// to come.
func (q *quotes) find(s *client.Snapshot, id string) *protocol.Message {
	if was := q.found[id]; was != nil {
		if i, ok := findSeq(s, was.Seq); ok && s.Messages[i].ID == id {
			return s.Messages[i]
		}
	}
	var first int64
	if len(s.Messages) > 0 {
		first = s.Messages[0].Seq
	}
	if q.away == nil || q.awayFirst != first || len(q.away) >= quotesMax {
		q.away, q.awayFirst = make(map[string]bool), first
	}
	if q.away[id] {
		return nil
	}
	if i, ok := findID(s, id); ok && i < len(s.Messages) {
		return s.Messages[i]
	}
	q.away[id] = true
	return nil
}

// excerpt is the beginning of a text on one line, without markup.
func excerpt(text string) string {
	short := text
	if len(text) > quoteBytesMax {
		end := quoteBytesMax
		for !utf8.RuneStart(text[end]) {
			end--
		}
		short = text[:end]
	}
	line := plainOf(short)
	if len(short) < len(text) {
		line += "…"
	}
	return line
}

// plainOf is a text on one line, without markup.
func plainOf(text string) string {
	var plain strings.Builder
	writePlain(&plain, parseText(text))
	return strings.Join(strings.Fields(plain.String()), " ")
}

func writePlain(to *strings.Builder, spans []span) {
	for _, s := range spans {
		if s.kind == spanBlock {
			to.WriteString(" " + s.head + " ")
		}
		to.WriteString(s.text)
		writePlain(to, s.in)
		if s.kind == spanBlock {
			to.WriteByte(' ')
		}
	}
}
