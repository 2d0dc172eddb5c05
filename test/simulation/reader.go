package simulation

import (
	"fmt"
	"slices"

	"hallway/component/client"
	"hallway/protocol"
	"hallway/store/memory"
)

// wish is a change that a user may ask for, except a pin, which belongs to everybody.
type wish struct{ user, room, id, what string }

// wished is the user's last wish of a kind. It is known to come true if only one page asked for it, that page lives, and the
// relay did not refuse.
type wished struct {
	p       *page
	text    string // an edit
	on      bool   // a reaction
	unknown bool   // asked for in two pages, or refused
}

// The kinds of wish beside emoji.
const (
	wishText   = "text"
	wishDelete = "delete"
)

// jump asks for the messages around one, which may not exist.
func (p *page) jump() client.Event {
	w := p.w
	all := w.store.Life(p.room)
	if all.Len() == 0 || w.oneIn(20) {
		return client.LoadAround{ID: uuid(99_999)}
	}
	m := all.Message(w.rnd.IntN(all.Len()))
	if w.oneIn(2) {
		return client.LoadAround{ID: m.ID}
	}
	return client.LoadAround{Seq: m.Seq}
}

// personReads makes somebody do something with the messages shown.
func (p *page) personReads() {
	w := p.w
	if w.oneIn(4) {
		p.step(client.Typed{})
	}
	n := len(p.shown.Messages)
	if n == 0 {
		return
	}
	p.step(client.Seen{Seq: p.shown.Messages[n-1-w.rnd.IntN(min(n, 5))].Seq})
	for range 1 + w.rnd.IntN(3) {
		if n = len(p.shown.Messages); n == 0 || !p.alive {
			return
		}
		m := p.shown.Messages[n-1-w.rnd.IntN(min(n, 1+w.rnd.IntN(30)))]
		if w.oneIn(8) && len(p.shown.Pinned) > 0 {
			m = p.shown.Pinned[w.rnd.IntN(len(p.shown.Pinned))]
		}
		p.personChanges(m)
	}
}

func (p *page) personChanges(m *protocol.Message) {
	w := p.w
	w.wanted++
	on := w.oneIn(2)
	switch w.rnd.IntN(10) {
	case 0:
		p.wants(wish{p.dev.user, p.room, m.ID, wishDelete}, wished{})
		p.step(client.Delete{ID: m.ID})
	case 1, 2:
		text := w.editOf(m)
		p.wants(wish{p.dev.user, p.room, m.ID, wishText}, wished{text: text})
		p.step(client.EditText{ID: m.ID, Text: text})
	case 3, 4:
		p.step(client.Pin{ID: m.ID, On: on})
	default:
		emoji := []string{"+", "!"}[w.rnd.IntN(2)]
		p.wants(wish{p.dev.user, p.room, m.ID, emoji}, wished{on: on})
		p.step(client.React{ID: m.ID, Emoji: emoji, On: on})
	}
}

// editOf returns a unique text.
func (w *world) editOf(m *protocol.Message) string {
	return m.Sender.ID + " again " + string(rune('a'+w.wanted%26)) + string(rune('a'+w.wanted/26%26)) + string(rune('a'+w.wanted/676%26))
}

func (p *page) wants(key wish, x wished) {
	x.p = p
	if old := p.w.wishes[key]; old != nil {
		// A lost connection, or another relay, may deliver the earlier change after the later.
		late := p.w.weather.on[delays] || p.w.several()
		x.unknown = old.unknown || old.p != p || late && (old.on != x.on || old.text != x.text)
	}
	p.w.wishes[key] = &x
}

// forgetWishes makes wishes unknown when their page has died or the relay has refused one.
func (p *page) forgetWishes(id string) {
	for key, x := range p.w.wishes {
		if x.p == p && (id == "" || key.id == id) {
			x.unknown = true
		}
	}
}

// checkWishes compares the store with the users' last wishes.
func (w *world) checkWishes() {
	for key, x := range w.wishes {
		h := w.store.Life(key.room)
		m := h.Find(key.id)
		switch {
		case x.unknown || w.isBanned(key.user, key.room) || m == nil || m.Deleted():
		case key.what == wishDelete:
			w.fail("%s was to be deleted by %s and is not", short(key.id), key.user)
		case key.what == wishText:
			if w.contentOf(m) != x.text && !w.weather.on[edits] {
				w.fail("%s was to become %q and is %q", short(key.id), x.text, w.contentOf(m))
			}
		case slices.Contains(h.Mine(m.ID, key.user), key.what) != x.on:
			w.fail("%s was to have %s of %s: %v, and has not", short(key.id), key.what, key.user, x.on)
		}
	}
}

// same compares the fields that a change may change.
func same(a, b *protocol.Message) bool {
	return a.Text == b.Text && a.Pinned == b.Pinned && a.EditedAt == b.EditedAt && a.DeletedAt == b.DeletedAt &&
		slices.EqualFunc(a.Reactions, b.Reactions, func(x, y protocol.Reaction) bool { return x.Emoji == y.Emoji && x.Count == y.Count })
}

// crowded reports whether a reaction does not name all of its users. Among several relays a change may come without its cause,
// and then a page does not know that its user has reacted in another tab.
func crowded(m *protocol.Message) bool {
	return slices.ContainsFunc(m.Reactions, func(r protocol.Reaction) bool { return r.Count > int64(len(r.Users)) })
}

// inspectMessage checks that a live page shows a message as stored, with the right reactions as its user's own.
func (p *page) inspectMessage(m, stored *protocol.Message, life *memory.Room) {
	if stored := p.unsealed(m, stored); !same(m, stored) {
		p.w.fail("%s shows %+v, stored is %+v", p.name, m, stored)
	}
	if own := life.Mine(m.ID, p.dev.user); !slices.Equal(own, m.Mine) && !(p.w.several() && crowded(m)) {
		p.w.fail("%s shows %q on %s as its user's own at rev %d, stored are %q", p.name, m.Mine, short(m.ID), m.Rev, own)
	}
	p.checked[m.ID] = m
}

// inspectReader checks that read messages stay read, that typists are other users, and that pinned messages are in order.
func (p *page) inspectReader(s *client.Snapshot) {
	w := p.w
	if s.ReadSeq < p.shown.ReadSeq && p.readIn == p.epoch {
		w.fail("%s has read up to %d, and then only to %d", p.name, p.shown.ReadSeq, s.ReadSeq)
	}
	p.readIn = p.epoch
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

// behind describes what else a page does not show as stored; "" if it shows all.
func (p *page) behind(h *memory.Room) string {
	w := p.w
	if read := h.MarkerOf(p.dev.user); p.shown.ReadSeq > read && !w.weather.on[storeFails] && !w.weather.on[resultsLost] {
		return "has not told that it is read"
	}
	if w.weather.plain {
		return ""
	}
	var pinned []*protocol.Message // the newest first
	for i := h.Len() - 1; i >= 0; i-- {
		if m := h.Message(i); m.Pinned {
			pinned = append(pinned, m)
		}
	}
	if n := len(p.shown.Pinned); n > len(pinned) || n < min(len(pinned), client.PinnedMax) && !w.weather.on[smallPages] {
		return fmt.Sprintf("shows %d of %d pinned messages", n, len(pinned))
	}
	for i, m := range p.shown.Pinned {
		if m.ID != pinned[i].ID || m.Rev == pinned[i].Rev && !slices.Equal(m.Mine, h.Mine(m.ID, p.dev.user)) {
			return "shows something else as pinned"
		}
	}
	return ""
}
