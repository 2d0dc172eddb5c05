package view

import (
	"hallway/component/client"
	"hallway/component/view/markup"
	"hallway/component/view/text"
	"hallway/protocol"
)

// quotesMax bounds the quotations that are remembered.
const quotesMax = 1000

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
			by: m.Sender.ID, sender: text.ShownName(m.Sender.Name), text: markup.Excerpt(m.Text),
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
