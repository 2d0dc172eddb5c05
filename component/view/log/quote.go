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
	loaded    bool   // without it, nothing but the id is known
	deleted   bool
	encrypted bool
	by        string // the sender's id
	sender    string // as it is shown; "": without a name
	text      string
}

// quotes makes the quotations of replies. It remembers them, because each frame asks for them.
type quotes struct {
	found map[string]*protocol.Message
	made  map[string]quote
	// Messages that were not found while awayFirst was the first loaded seq.
	away      map[string]bool
	awayFirst int64
}

// of returns the quotation of a message by its id.
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
			by: m.Sender.ID, sender: text.ShownName(m.Sender.Name), text: markup.Excerpt(m.Text),
		}
	}
	return q.made[id]
}

// find returns a message as the snapshot has it, or nil. It looks again for a message that is not
// loaded only when older ones came: nobody answers a message before it is there.
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
	if m := Message(s, id); m != nil {
		return m
	}
	q.away[id] = true
	return nil
}
