package simulation

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"hallway/protocol"
	"hallway/relay/hub"
)

func (s *Store) send(h *history, now protocol.Time, op *hub.Op) hub.Outcome {
	f := &op.Send
	if m := h.find(f.ID); m != nil {
		made := h.sent[f.ID]
		switch {
		case m.Sender.ID != op.Sender.ID:
			return hub.Outcome{Code: protocol.CodeConflict, Reason: "another sender has used this id"}
		case made.Text != f.Text || made.ReplyTo != f.ReplyTo || !reflect.DeepEqual(made.Encrypted, f.Encrypted):
			return hub.Outcome{Code: protocol.CodeConflict, Reason: "this id was sent with other content"}
		}
		return hub.Outcome{Message: s.view(m, "")}
	}
	if op.FindOnly {
		return hub.Outcome{Code: protocol.CodeNotFound, Reason: "nothing was sent with this id"}
	}
	h.head++
	m := &protocol.Message{
		Room: h.room, ID: f.ID, Seq: h.head, Rev: h.head, Sender: op.Sender, CreatedAt: now,
		SentAt: f.SentAt, Text: f.Text, Encrypted: f.Encrypted, ReplyTo: f.ReplyTo,
	}
	if n := len(h.messages); n > 0 {
		m.CreatedAt = max(now, h.messages[n-1].CreatedAt+1)
	}
	h.places[f.ID], h.sent[f.ID] = len(h.messages), *f
	h.messages = append(h.messages, m)
	return hub.Outcome{Message: *m, New: true}
}

// change edits, deletes, reacts to or pins a message.
func (s *Store) change(h *history, now protocol.Time, op *hub.Op) hub.Outcome {
	old := h.find(op.ID)
	if old == nil {
		return hub.Outcome{Code: protocol.CodeNotFound, Reason: "there is no such message"}
	}
	m, own, changed := *old, old.Sender.ID == op.Sender.ID, false
	switch {
	case op.Kind == hub.OpEdit && !own, op.Kind == hub.OpDelete && !own && !op.Any:
		return hub.Outcome{Code: protocol.CodeForbidden, Reason: "it is another's"}
	case m.Deleted() && op.Kind != hub.OpDelete:
		return hub.Outcome{Code: protocol.CodeConflict, Reason: "it is deleted"}
	case m.Deleted():
	case op.Kind == hub.OpEdit:
		if changed = m.Text != op.Text || !reflect.DeepEqual(m.Encrypted, op.Encrypted); changed {
			m.Text, m.Encrypted, m.EditedAt = op.Text, op.Encrypted, max(now, m.CreatedAt)
		}
	case op.Kind == hub.OpDelete:
		changed = true
		m = protocol.Message{
			Room: m.Room, ID: m.ID, Seq: m.Seq, Sender: m.Sender, CreatedAt: m.CreatedAt, DeletedAt: max(now, m.CreatedAt),
		}
	case op.Kind == hub.OpPin:
		changed = m.Pinned != op.On
		m.Pinned = op.On
	default:
		had := len(m.Reactions)
		m.Reactions, changed = react(m.Reactions, op.Sender.ID, op.Emoji, op.On)
		if len(m.Reactions) > protocol.ReactionsMax || len(m.Reactions) > had && h.broughtBy(op) >= protocol.ReactionsNewMax {
			return hub.Outcome{Code: protocol.CodeConflict, Reason: "it has too many reactions", Why: protocol.WhyReactions}
		}
		h.bring(op, len(m.Reactions)-had)
	}
	if changed {
		h.head++
		m.Rev = h.head
		h.put(&m)
	}
	return hub.Outcome{Message: s.view(&m, ""), New: changed}
}

// broughtBy is how many of a message's emoji the op's sender has brought.
func (h *history) broughtBy(op *hub.Op) (n int) {
	for c, user := range h.brought {
		if c.id == op.ID && user == op.Sender.ID {
			n++
		}
	}
	return n
}

// bring notes who has brought an emoji, when there is one more or one fewer.
func (h *history) bring(op *hub.Op, more int) {
	if more == 0 {
		return
	}
	brought := map[carried]string{}
	maps.Copy(brought, h.brought)
	if more > 0 {
		brought[carried{op.ID, op.Emoji}] = op.Sender.ID
	} else {
		delete(brought, carried{op.ID, op.Emoji})
	}
	h.brought = brought
}

// put puts a newer state of a message in its place.
func (h *history) put(m *protocol.Message) {
	if !h.cloned {
		h.messages, h.cloned = slices.Clone(h.messages), true
	}
	h.messages[h.places[m.ID]] = m
	h.changed = true
}

// react is the reactions after one user's, which may change nothing.
func react(list []protocol.Reaction, user, emoji string, on bool) (_ []protocol.Reaction, changed bool) {
	i := slices.IndexFunc(list, func(r protocol.Reaction) bool { return r.Emoji == emoji })
	if has := i >= 0 && slices.Contains(list[i].Users, user); has == on {
		return list, false
	}
	list = slices.Clone(list)
	switch {
	case i < 0:
		return append(list, protocol.Reaction{Emoji: emoji, Count: 1, Users: []string{user}}), true
	case on:
		list[i].Users = append(slices.Clone(list[i].Users), user)
	default:
		list[i].Users = slices.DeleteFunc(slices.Clone(list[i].Users), func(u string) bool { return u == user })
		if len(list[i].Users) == 0 {
			list = slices.Delete(list, i, i+1)
			if len(list) == 0 {
				list = nil
			}
			return list, true
		}
	}
	list[i].Count = int64(len(list[i].Users))
	return list, true
}

// view is a message as a user is told of it; "": as nobody in particular.
func (s *Store) view(m *protocol.Message, user string) protocol.Message {
	v := *m
	if len(m.Reactions) == 0 {
		return v
	}
	v.Mine = mine(m, user)
	v.Reactions = slices.Clone(m.Reactions)
	for i := range v.Reactions {
		users := v.Reactions[i].Users
		v.Reactions[i].Users = users[:min(s.names, len(users)):min(s.names, len(users))]
	}
	return v
}

// mine are a user's own emoji.
func mine(m *protocol.Message, user string) (emoji []string) {
	for _, r := range m.Reactions {
		if slices.Contains(r.Users, user) {
			emoji = append(emoji, r.Emoji)
		}
	}
	return emoji
}

// edit changes the text of a durable message behind the hub's back: for every
// chat a change that the live stream has lost.
func (s *Store) edit(h *history, i int, now protocol.Time) {
	m := *h.messages[i]
	h.head++
	m.Rev, m.EditedAt, m.Text = h.head, now, fmt.Sprintf("%s, edited at rev %d", h.sent[m.ID].Text, h.head)
	h.put(&m)
	h.cloned = false // pages and lives share it from now on
}
