package log

import (
	"hallway/component/client"
	"hallway/component/view/markup"
	"hallway/component/view/text"
	"hallway/protocol"
)

// quotesMax bounds the remembered quotations.
const quotesMax = 1000

// quote is the part of the answered message that a reply shows.
type quote struct {
	id        string // "": the message is not a reply
	loaded    bool   // the message is loaded; otherwise only the id is known
	deleted   bool
	encrypted bool
	by        string // the sender's id
	sender    string // the sender's shown name; "": none
	text      string
	mark      client.Mark
}

// quotes makes the quotations of replies. It caches them, because each frame needs them.
type quotes struct {
	made  map[string]madeQuote
	first int64 // the first loaded seq at that time
}

// madeQuote is a quotation with its message, which is nil if it was not loaded.
type madeQuote struct {
	of *protocol.Message
	quote
}

// of returns the quotation of a message by its id. It searches for a missing message again only after older
// messages have loaded, because an answered message is always older than its answer.
func (q *quotes) of(s *client.Snapshot, id string) quote {
	if id == "" {
		return quote{}
	}
	var first int64
	if len(s.Messages) > 0 {
		first = s.Messages[0].Seq
	}
	if q.made == nil || q.first != first || len(q.made) >= quotesMax {
		q.made, q.first = make(map[string]madeQuote), first
	}
	was, known := q.made[id]
	m := was.of
	if !known {
		m = Message(s, id)
	} else if m != nil {
		m = messageAt(s, m.Seq, id)
	}
	if !known || m != was.of {
		was = madeQuote{m, quoteOf(id, m, s.Marks[id])}
		q.made[id] = was
	}
	return was.quote
}

func quoteOf(id string, m *protocol.Message, mark client.Mark) quote {
	if m == nil {
		return quote{id: id}
	}
	return quote{
		id: id, loaded: true, deleted: m.Deleted(), encrypted: m.Encrypted != nil,
		by: m.Sender.ID, sender: text.ShownName(m.Sender.Name), text: markup.Excerpt(m.Text), mark: mark,
	}
}

// messageAt returns the message with a seq, if it has an id, or nil.
func messageAt(s *client.Snapshot, seq int64, id string) *protocol.Message {
	if i, ok := findSeq(s, seq); ok && s.Messages[i].ID == id {
		return s.Messages[i]
	}
	return nil
}
