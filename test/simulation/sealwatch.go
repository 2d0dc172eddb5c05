package simulation

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"hallway/component/client"
	"hallway/e2ee"
	"hallway/protocol"
	"hallway/relay/rules"
)

// contentOf returns the text of a stored message.
func (s *sealedWorld) contentOf(m *protocol.Message) string {
	if m.Encrypted == nil {
		return m.Text
	}
	said := s.plainOf(m.Encrypted)
	return shownText(&said)
}

// plainOf returns the content of an encrypted message.
func (s *sealedWorld) plainOf(e *protocol.Encrypted) (said protocol.Content) {
	w := s.w
	_, _, content, err := e2ee.ReadPlaintext(s.symbols.sealed[string(e2ee.Decode(e.CT))].plain)
	if err == nil {
		_, said, err = e2ee.ReadContent(content)
	}
	if err != nil {
		w.fail("nobody has sealed %+v", e)
	}
	return said
}

// noteTurn records the newest turn of a new life of a room.
func (s *sealedWorld) noteTurn(room string) {
	if !s.on {
		return
	}
	if turns, _, _ := s.w.db.store.Turns(context.Background(), room, 0, 1); len(turns) > 0 {
		s.newest[s.w.db.store.Life(room).Epoch()] = turns[0].Kid
	}
}

// noteStored checks that a message was stored under the key of the turn that was the newest then.
func (s *sealedWorld) noteStored(op *rules.Op, o *rules.Outcome) {
	if !s.locked {
		return
	}
	epoch := s.w.db.store.Life(op.Room).Epoch()
	switch result := o.Result.(type) {
	case rules.Turned:
		s.newest[epoch] = result.Turn.Kid
	case rules.Stored:
		_, sent := op.Do.(rules.Send)
		_, edited := op.Do.(rules.Edit)
		if e := result.Message.Encrypted; result.New && (sent || edited) && (e == nil || e.Kid != s.newest[epoch]) {
			s.w.fail("%s is stored under %+v, and the newest key is %s", short(result.Message.ID), e, s.newest[epoch])
		}
	}
}

// turnOf returns the number of the turn that a kid names.
func turnOf(kid string) int64 {
	number, _, _ := strings.Cut(kid, ".")
	n, _ := strconv.ParseInt(number, 10, 64)
	return n
}

// noteSeal checks the kid under which the page seals, and records the content. With the device's own key the page seals only messages
// it keeps, and only if the device is stored.
func (e *sealedPage) noteSeal(kid string, aad, plaintext []byte, stored bool) {
	p, w := e.p, e.p.w
	if n := turnOf(kid); n < e.floor && (kid != e2ee.OwnKid || !stored) {
		w.fail("%s seals under %s, and has kept turn %d", p.name, kid, e.floor)
	}
	if w.sealed.forged[kid] {
		w.fail("%s seals under %s, which no moderator has made", p.name, kid)
	}
	_, _, content, _ := e2ee.ReadPlaintext(plaintext)
	edit, said, err := e2ee.ReadContent(content)
	place, ok := e2ee.Split(aad)
	if err != nil || !ok {
		w.fail("%s seals what cannot be read: %v", p.name, err)
	}
	id := string(place[2])
	if w.sealed.said[id] == nil {
		w.sealed.said[id] = map[string]int64{}
	}
	w.sealed.said[id][shownText(&said)] = edit
	if stored := w.db.store.Life(p.room).Find(id); edit == 0 || stored != nil && !stored.Deleted() && stored.Sender.ID == p.dev.user && !w.weather.on[restores] && !w.sealed.lies {
		w.sealed.checkSealedFiles(id, said.Files)
	}
}

// noteWrap checks a device to which the page gives a secret.
func (e *sealedPage) noteWrap(kid, device string) {
	p := e.p
	if kid == e2ee.OwnKid {
		p.w.fail("%s gives its own secret away", p.name)
	}
	for _, g := range p.w.sealed.ghosts() {
		if g.ID == device {
			p.w.fail("%s gives a ghost the secret of %s", p.name, kid)
		}
	}
}

// noteTaken checks that a page gets no secret of a turn that shuts its user out, or of a later turn.
func (e *sealedPage) noteTaken(kid string) {
	p := e.p
	turns, _, _ := p.w.db.store.Turns(context.Background(), p.room, 0, 1000)
	out := false
	for _, t := range turns {
		for _, user := range t.Out {
			out = out || user == p.dev.user
		}
		if out && t.Kid == kid {
			p.w.fail("%s has got the secret of %s, and is shut out", p.name, kid)
		}
	}
}

// wroteSealed checks a frame that a page writes into an encrypted room.
func (l *link) wroteSealed(f protocol.ClientFrame) {
	w := l.w
	switch f := f.(type) {
	case protocol.Edit:
		if f.Encrypted == nil || f.Text != "" {
			w.fail("%v writes an edit in the clear: %+v", l, f)
		}
	case protocol.Send:
		if f.Encrypted == nil || f.Text != "" || len(f.Mentions) > 0 || slices.ContainsFunc(f.Files, func(a protocol.Attachment) bool { return a.Alt != "" }) {
			w.fail("%v writes in the clear: %+v", l, f)
		}
		if f.Encrypted.Kid == e2ee.OwnKid {
			w.fail("%v writes what only its device can read: %s", l, short(f.ID))
		}
		before, again := w.sealed.wrote[f.ID]
		on := &w.weather.on // without storage or locks, tabs do not know each other's forms; after a restore an older key is the newest again
		if again && before != *f.Encrypted && !on[diskMissing] && !on[diskFails] && !on[noLocks] && !w.weather.forgets() {
			// Before that the relay must have refused the earlier form for good.
			turns, _, _ := w.db.store.Turns(context.Background(), l.p.room, 0, 1)
			if len(turns) == 0 || turns[0].Kid == before.Kid {
				w.fail("%v writes %s sealed anew, while its earlier form may still be stored", l, short(f.ID))
			}
		}
		w.sealed.wrote[f.ID] = *f.Encrypted
	}
}

// inspect checks the encrypted messages of the page: each message without a mark has the content that its author sealed.
func (e *sealedPage) inspect(s *client.Snapshot) {
	p, w := e.p, e.p.w
	if !w.sealed.on {
		return
	}
	for _, m := range s.Messages {
		if e.seen[m.ID] == m || m.Deleted() || s.Marks[m.ID] != client.MarkNone {
			continue
		}
		e.seen[m.ID] = m
		edit, sealed := w.sealed.said[m.ID][m.Text]
		switch {
		case !sealed || m.Encrypted != nil:
			w.fail("%s shows unmarked what nobody has sealed: %+v", p.name, m)
		case m.Sender.Name != sureName(m.Sender.ID) || m.Sender.Role != roleOf(m.Sender.ID):
			w.fail("%s shows what the relay says of an author: %+v", p.name, m.Sender)
		case m.ReplyTo != e.asStored(m).ReplyTo || m.SentAt != e.asStored(m).SentAt:
			w.fail("%s shows unmarked at another place what was sealed: %+v", p.name, m)
		case slices.ContainsFunc(m.Files, func(f protocol.File) bool { return f != w.sealed.files[f.ID].File }):
			w.fail("%s shows files as nobody has attached them: %+v", p.name, m.Files)
		case edit < e.edits[p.watch.epoch+m.ID]:
			w.fail("%s shows edit %d of %s after edit %d", p.name, edit, short(m.ID), e.edits[p.watch.epoch+m.ID])
		}
		e.edits[p.watch.epoch+m.ID] = edit
	}
	for _, o := range s.Outbox {
		if it := w.people.byID[o.ID]; o.Text != "" && o.Text != it.text {
			w.fail("%s shows %q as %s, which says %q", p.name, o.Text, short(o.ID), it.text)
		}
		if on := &w.weather.on; o.Code == client.CodeLost && !w.sealed.evicts && !on[diskMissing] && !on[diskFails] {
			w.fail("%s has lost what %s says", p.name, short(o.ID))
		}
	}
}

// keptWithin is the time within which a page of an encrypted room gives a message to the storage, with or without a key.
const keptWithin = 5 * time.Second

// checkKept checks, when the page dies, that it has given the messages of its user to the storage.
func (e *sealedPage) checkKept() {
	p, w := e.p, e.p.w
	if !w.sealed.on || !p.watch.ready || w.weather.on[diskMissing] || w.weather.on[diskFails] {
		return
	}
	for _, it := range w.people.items {
		if it.author == p && it.accepted && !it.handed && !it.discarded && max(it.at, p.frozen)+keptWithin < w.now {
			w.fail("%s dies and has not handed %s to the storage, which was written %v before", p.name, short(it.id), w.now-it.at)
		}
	}
}

// asStored returns a message as it is stored, or was in an earlier life of the room.
func (e *sealedPage) asStored(m *protocol.Message) *protocol.Message {
	p := e.p
	if life := p.w.db.lives[p.watch.epoch]; life != nil {
		if stored := life.Find(m.ID); stored != nil && !stored.Deleted() {
			return stored
		}
	}
	return m
}

// unsealed returns a stored message as a page shows it if it can decrypt it.
func (e *sealedPage) unsealed(shown, stored *protocol.Message) *protocol.Message {
	p := e.p
	if !p.w.sealed.on || stored.Encrypted == nil || shown.Encrypted != nil {
		return stored
	}
	m := *stored
	m.Text, m.Encrypted = p.w.sealed.contentOf(stored), nil
	return &m
}

// checkSealed checks, after the recovery, that every page has decrypted all messages that its user may read.
func (c *lastChecks) checkSealed() {
	w := c.w
	if !w.sealed.on {
		return
	}
	for _, p := range w.pages {
		if w.sealed.isBanned(p.dev.user, p.room) {
			continue
		}
		turns, _, err := w.db.store.Turns(context.Background(), p.room, 0, 100_000)
		if err != nil {
			w.fail("the store fails: %v", err)
		}
		chapter := int64(0) // the first turn that can be read back
		for _, t := range turns {
			if t.Link == "" {
				chapter = t.N
			}
		}
		for _, m := range p.watch.shown.Messages {
			stored := w.db.store.Life(p.room).Find(m.ID)
			switch mark := p.watch.shown.Marks[m.ID]; {
			case m.Deleted() || stored == nil || stored.Deleted(): // a moderator may have deleted it just now
			case stored.Encrypted == nil && mark == client.MarkPlain, mark == client.MarkNone && m.Text == w.sealed.contentOf(stored):
			case mark == client.MarkBefore && (turnOf(stored.Encrypted.Kid) < chapter || w.sealed.lies): // a turn was withheld from a moderator
			case mark == client.MarkUncertain && w.weather.forgets(): // an older database did not know the device when it was asked
			default:
				w.fail("%s shows %s of turn %+v as %q, %q", p.name, short(m.ID), stored.Encrypted, mark, m.Text)
			}
		}
	}
}
