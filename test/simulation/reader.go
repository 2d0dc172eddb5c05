package simulation

import (
	"fmt"
	"slices"

	"hallway/component/client"
	"hallway/protocol"
	"hallway/store/memory"
)

// wish names a change that a user may request. Pins are not wishes, because all moderators share them.
type wish struct{ user, room, id, what string }

// wished is the user's last wish of a kind. It must come true if only one page has requested it, that page lives, and the
// relay has not refused it.
type wished struct {
	p       *page
	text    string // the new text of an edit
	on      bool   // for a reaction: it is added
	unknown bool   // two pages have requested it, or the relay has refused it
}

// The kinds of wishes, besides emoji.
const (
	wishText   = "text"
	wishDelete = "delete"
)

// jump requests the messages around one, which may not exist.
func (one *person) jump() client.Event {
	p, w := one.p, one.p.w
	all := w.db.store.Life(p.room)
	if all.Len() == 0 || w.oneIn(20) {
		return client.LoadAround{ID: uuid(99_999)}
	}
	m := all.Message(w.rnd.IntN(all.Len()))
	if w.oneIn(2) {
		return client.LoadAround{ID: m.ID}
	}
	return client.LoadAround{Seq: m.Seq}
}

// reads marks messages as read, and changes some of them.
func (one *person) reads() {
	p, w := one.p, one.p.w
	if w.oneIn(4) {
		p.step(client.Typed{})
	}
	n := len(p.watch.shown.Messages)
	if n == 0 {
		return
	}
	p.step(client.Seen{Seq: p.watch.shown.Messages[n-1-w.rnd.IntN(min(n, 5))].Seq})
	for range 1 + w.rnd.IntN(3) {
		if n = len(p.watch.shown.Messages); n == 0 || !p.alive {
			return
		}
		m := p.watch.shown.Messages[n-1-w.rnd.IntN(min(n, 1+w.rnd.IntN(30)))]
		if w.oneIn(8) && len(p.watch.shown.Pinned) > 0 {
			m = p.watch.shown.Pinned[w.rnd.IntN(len(p.watch.shown.Pinned))]
		}
		one.changes(m)
	}
}

// changes edits, deletes, pins or reacts to a message.
func (one *person) changes(m *protocol.Message) {
	p, w := one.p, one.p.w
	w.people.wanted++
	on := w.oneIn(2)
	switch w.rnd.IntN(10) {
	case 0:
		one.wants(wish{p.dev.user, p.room, m.ID, wishDelete}, wished{})
		p.step(client.Delete{ID: m.ID})
	case 1, 2:
		text := w.people.editOf(m)
		one.wants(wish{p.dev.user, p.room, m.ID, wishText}, wished{text: text})
		p.step(client.EditText{ID: m.ID, Text: text})
	case 3, 4:
		p.step(client.Pin{ID: m.ID, On: on})
	default:
		emoji := []string{"+", "!"}[w.rnd.IntN(2)]
		one.wants(wish{p.dev.user, p.room, m.ID, emoji}, wished{on: on})
		p.step(client.React{ID: m.ID, Emoji: emoji, On: on})
	}
}

// editOf returns a unique text.
func (all *people) editOf(m *protocol.Message) string {
	return m.Sender.ID + " again " + string(rune('a'+all.wanted%26)) + string(rune('a'+all.wanted/26%26)) + string(rune('a'+all.wanted/676%26))
}

// wants records a wish of the user.
func (one *person) wants(key wish, x wished) {
	p := one.p
	x.p = p
	if old := p.w.people.wishes[key]; old != nil {
		// A lost connection, or another relay, may deliver the earlier change after the later.
		late := p.w.weather.on[delays] || p.w.cluster.several()
		x.unknown = old.unknown || old.p != p || late && (old.on != x.on || old.text != x.text)
	}
	p.w.people.wishes[key] = &x
}

// forgetWishes makes wishes unknown after their page has died or the relay has refused one.
func (one *person) forgetWishes(id string) {
	p := one.p
	for key, x := range p.w.people.wishes {
		if x.p == p && (id == "" || key.id == id) {
			x.unknown = true
		}
	}
}

// checkWishes compares the store with the users' last wishes.
func (c *lastChecks) checkWishes() {
	w := c.w
	for key, x := range w.people.wishes {
		h := w.db.store.Life(key.room)
		m := h.Find(key.id)
		switch {
		case x.unknown || w.sealed.isBanned(key.user, key.room) || m == nil || m.Deleted():
		case key.what == wishDelete:
			w.fail("%s was to be deleted by %s and is not", short(key.id), key.user)
		case key.what == wishText:
			if w.sealed.contentOf(m) != x.text && !w.weather.on[edits] {
				w.fail("%s was to become %q and is %q", short(key.id), x.text, w.sealed.contentOf(m))
			}
		case slices.Contains(h.Mine(m.ID, key.user), key.what) != x.on:
			w.fail("%s was to have %s of %s: %v, and has not", short(key.id), key.what, key.user, x.on)
		}
	}
}

// same compares those fields of two messages that a change may change.
func same(a, b *protocol.Message) bool {
	return a.Text == b.Text && a.Pinned == b.Pinned && a.EditedAt == b.EditedAt && a.DeletedAt == b.DeletedAt &&
		slices.EqualFunc(a.Reactions, b.Reactions, func(x, y protocol.Reaction) bool { return x.Emoji == y.Emoji && x.Count == y.Count })
}

// crowded reports whether a reaction does not name all its users.
func crowded(m *protocol.Message) bool {
	return slices.ContainsFunc(m.Reactions, func(r protocol.Reaction) bool { return r.Count > int64(len(r.Users)) })
}

// knowsOwn reports whether a page shows its user's own reactions to a message, as far as the page can know them. With several relays a
// change may come without its cause, and then a page does not know that its user has reacted in another tab.
func (v *watch) knowsOwn(m *protocol.Message, life *memory.Room) bool {
	return slices.Equal(m.Mine, life.Mine(m.ID, v.p.dev.user)) || v.p.w.cluster.several() && crowded(m)
}

// inspectMessage checks that a live page shows a message as stored, with the right reactions of its user.
func (v *watch) inspectMessage(m, stored *protocol.Message, life *memory.Room) {
	p := v.p
	if stored := p.sealed.unsealed(m, stored); !same(m, stored) {
		p.w.fail("%s shows %+v, stored is %+v", p.name, m, stored)
	}
	if !v.knowsOwn(m, life) {
		p.w.fail("%s shows %q on %s as its user's own at rev %d, stored are %q", p.name, m.Mine, short(m.ID), m.Rev, life.Mine(m.ID, p.dev.user))
	}
	v.checked[m.ID] = m
}

// inspectReader checks that read messages stay read, that typing users are other users, and that pinned messages are in order.
func (v *watch) inspectReader(s *client.Snapshot) {
	p, w := v.p, v.p.w
	if s.ReadSeq < v.shown.ReadSeq && v.readIn == v.epoch {
		w.fail("%s has read up to %d, and then only to %d", p.name, v.shown.ReadSeq, s.ReadSeq)
	}
	v.readIn = v.epoch
	for _, u := range s.Typing {
		if u.ID == p.dev.user || s.Status != client.StatusLive && s.Status != client.StatusCatchingUp {
			w.fail("%s is %s and shows %s writing", p.name, s.Status, u.ID)
		}
	}
	if len(s.Changing) > client.ChangesMax {
		w.fail("%s has %d changes under way", p.name, len(s.Changing))
	}
	for i, m := range s.Pinned {
		if !m.Pinned || i > 0 && m.Seq >= s.Pinned[i-1].Seq {
			w.fail("%s shows seq %d as pinned, at %d", p.name, m.Seq, i)
		}
	}
}

// behind describes another difference between page and store: in read marker, reactions or pinned messages. "" means none.
func (v *watch) behind(h *memory.Room) string {
	p, w := v.p, v.p.w
	if read := h.MarkerOf(p.dev.user); v.shown.ReadSeq > read && !w.weather.on[storeFails] && !w.weather.on[resultsLost] {
		return "has not told that it is read"
	}
	if w.weather.plain {
		return ""
	}
	var pinned []*protocol.Message // in descending order
	for i := h.Len() - 1; i >= 0; i-- {
		if m := h.Message(i); m.Pinned {
			pinned = append(pinned, m)
		}
	}
	if n := len(v.shown.Pinned); n > len(pinned) || n < min(len(pinned), client.PinnedMax) && !w.weather.on[smallPages] {
		return fmt.Sprintf("shows %d of %d pinned messages", n, len(pinned))
	}
	for i, m := range v.shown.Pinned {
		if m.ID != pinned[i].ID || m.Rev == pinned[i].Rev && !v.knowsOwn(m, h) {
			return "shows something else as pinned"
		}
	}
	return ""
}
