package lock

import (
	"slices"
	"strconv"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

const (
	// openMax is how many messages are opened by one op.
	openMax = 500
	// sealAgainAfter is how long the lock waits after sealing has failed.
	sealAgainAfter = 5 * time.Second
	// openAgainAfter is how long the lock waits before it opens messages again for which something was missing.
	openAgainAfter = 10 * time.Second
	// editsMax bounds the edited messages whose numbers are remembered.
	editsMax = 10_000
)

// contents is what messages say.
type contents struct {
	sealing bool             // contents are being sealed
	sealAt  time.Time        // not before: sealing has failed
	reopen  time.Time        // when messages for which something was missing are opened again
	edits   map[string]int64 // the highest number of an edit shown, by the message's id
}

// Seals reports whether contents may be sealed now, and under which kid.
func (l *Lock) Seals() (kid string, ok bool) {
	kid = l.Kid()
	return kid, kid != "" && !l.sealing && l.sealAt.IsZero()
}

// Seal seals contents. Then takes the sealed forms, in their order.
func (l *Lock) Seal(contents []client.Content, then func(sealed []protocol.Encrypted)) {
	l.sealing = true
	l.do(client.Seal{Kid: l.Kid(), Contents: contents}, func(r client.CryptoResult) {
		l.sealing = false
		s, _ := r.(client.ContentsSealed)
		if len(s.Sealed) != len(contents) {
			l.sealAt = l.step.Now.Add(sealAgainAfter)
			return
		}
		then(s.Sealed)
	})
}

// EditNumber returns the number of the next edit of a message.
func (l *Lock) EditNumber(id string) int64 { return l.edits[id] + 1 }

// Open opens messages, as far as their secrets are here.
func (l *Lock) Open(messages []*protocol.Message) {
	var batch []*protocol.Message
	for _, m := range messages {
		if !l.kids[m.Encrypted.Kid] {
			l.cfg.Opened(m, client.Said{Mark: l.lacking(m.Encrypted.Kid)})
			continue
		}
		if batch = append(batch, m); len(batch) == openMax {
			l.openBatch(batch)
			batch = nil
		}
	}
	if len(batch) > 0 {
		l.openBatch(batch)
	}
}

// lacking returns the mark of a message whose secret is not here, and begins to look for it.
func (l *Lock) lacking(kid string) client.Mark {
	n := kidTurn(kid)
	if n == 0 || l.joined && !l.encrypted {
		return client.MarkAltered
	}
	if l.newest != nil && n <= l.newest.N && l.kids[l.newest.Kid] {
		if l.readBack.ended || n == l.newest.N { // of a turn that an older database has lost
			return client.MarkBefore
		}
		l.goBack()
	}
	return client.MarkWaiting
}

// kidTurn returns the number of the turn that a kid names, or 0.
func kidTurn(kid string) int64 {
	for i := range len(kid) {
		if kid[i] == '.' {
			n, _ := strconv.ParseInt(kid[:i], 10, 64)
			return max(0, n)
		}
	}
	return 0
}

func (l *Lock) openBatch(messages []*protocol.Message) {
	sealed := make([]client.SealedContent, len(messages))
	for i, m := range messages {
		sealed[i] = client.SealedContent{Place: placeOf(m), Sealed: *m.Encrypted}
	}
	l.do(client.Open{Messages: sealed}, func(r client.CryptoResult) {
		opened, _ := r.(client.ContentsOpened)
		if len(opened.Opened) != len(messages) {
			l.wait(messages)
			return
		}
		l.opened(messages, opened.Opened)
	})
}

// openLater opens messages again after a while.
func (l *Lock) openLater() {
	l.reopen = step.Earliest(l.reopen, l.step.Now.Add(openAgainAfter))
}

// wait marks messages that cannot be opened now, and tries again later.
func (l *Lock) wait(messages []*protocol.Message) {
	l.openLater()
	for _, m := range messages {
		l.cfg.Opened(m, client.Said{Mark: client.MarkWaiting})
	}
}

// opened takes what messages say. Those of unknown devices are opened again once their records
// are here.
func (l *Lock) opened(messages []*protocol.Message, all []client.OpenedContent) {
	var later []*protocol.Message
	var ids []string
	for i := range all {
		o, m := &all[i], messages[i]
		if o.State == client.OpenedBad || o.State == client.OpenedNoKey || l.certs[o.Device] != nil {
			l.cfg.Opened(m, l.judge(m, o))
			continue
		}
		later = append(later, m)
		if len(ids) < askIDsMax && !slices.Contains(ids, o.Device) {
			ids = append(ids, o.Device)
		}
	}
	if len(later) == 0 {
		return
	}
	l.withDevices(ids, func(answered bool) {
		if !answered {
			l.wait(later)
			return
		}
		for _, id := range ids {
			l.record(id) // also if the relay has none
		}
		l.openBatch(later)
	})
}

// judge decides what is shown of a message.
func (l *Lock) judge(m *protocol.Message, o *client.OpenedContent) client.Said {
	cert := l.certOf(o.Device)
	switch {
	case o.State == client.OpenedNoKey:
		return client.Said{Mark: client.MarkWaiting}
	case o.State == client.OpenedBad,
		o.State == client.OpenedWell && cert.User != m.Sender.ID, // somebody else has signed it
		o.Edit < l.edits[m.ID],         // an older text in place of a newer
		m.EditedAt != 0 && o.Edit == 0: // the original in place of an edit
		return client.Said{Mark: client.MarkAltered}
	}
	said := client.Said{Mark: client.MarkUncertain, Text: o.Text, Mentions: o.Mentions, Edit: o.Edit}
	if o.State == client.OpenedWell {
		said.Mark = client.MarkNone
		said.Author = &protocol.User{ID: cert.User, Name: cert.Name, Role: cert.Role, Picture: m.Sender.Picture}
	}
	return said
}

// StartOver forgets what was shown of another life of the room.
func (l *Lock) StartOver() { clear(l.edits) }

// Shown notes the number of an edit that is shown.
func (l *Lock) Shown(id string, edit int64) {
	if edit > l.edits[id] && len(l.edits) < editsMax {
		l.edits[id] = edit
	}
}

// placeOf returns the place to which a message's content is bound.
func placeOf(m *protocol.Message) client.Place {
	return client.Place{ID: m.ID, Sender: m.Sender.ID, ReplyTo: m.ReplyTo, SentAt: m.SentAt}
}
