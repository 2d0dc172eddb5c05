package lock

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/e2ee"
	"hallway/protocol"
)

const (
	// openMax is the highest number of messages that one op opens.
	openMax = 500
	// sealAgainAfter is the wait after a failed op that seals.
	sealAgainAfter = 5 * time.Second
	// openAgainAfter is the wait before messages that could not be opened are opened again.
	openAgainAfter = 10 * time.Second
	// editsMax bounds the remembered edit numbers.
	editsMax = 10_000
)

// contents seals and opens the contents of messages.
type contents struct {
	*env
	device  *device
	records *records
	turns   *turns
	keys    *keys
	back    *back

	sealing bool             // an op that seals is under way
	sealAt  time.Time        // the next try after a failure to seal
	reopen  time.Time        // the time at which waiting messages are opened again
	edits   map[string]int64 // the highest edit number shown, by message id
}

// Seals reports whether contents may be sealed now, and returns the kid to seal under. Without a key of the room it returns
// e2ee.OwnKid, if the device is stored. Nothing may be sealed during a renewal of the certificate, because it may tell
// of a higher turn that another tab has stored. This delays nothing: the vault carries out its ops in order.
func (c *contents) Seals() (kid string, ok bool) {
	if kid = c.keys.kid(); kid == "" && c.device.own.ID != "" && !c.device.fleeting {
		kid = e2ee.OwnKid
	}
	return kid, kid != "" && !c.sealing && !c.device.opening && c.sealAt.IsZero()
}

// Seal seals contents under a kid. If the device is stored, it also seals the first ones, which are to be stored, for this device
// alone. It calls then with both sealed forms, in the same order. own is empty if the kid is e2ee.OwnKid.
func (c *contents) Seal(kid string, all []client.Content, stored int, then func(sealed, own []protocol.Encrypted)) {
	if kid == e2ee.OwnKid || c.device.fleeting {
		stored = 0
	}
	c.sealing = true
	var own []protocol.Encrypted
	if stored > 0 {
		c.do(client.Seal{Kid: e2ee.OwnKid, Contents: all[:stored]}, func(r client.CryptoResult) {
			s, _ := r.(client.ContentsSealed)
			own = s.Sealed
		})
	}
	c.do(client.Seal{Kid: kid, Contents: all}, func(r client.CryptoResult) {
		c.sealing = false
		s, _ := r.(client.ContentsSealed)
		if len(s.Sealed) != len(all) || len(own) != stored {
			c.wake(&c.sealAt, sealAgainAfter)
			return
		}
		then(s.Sealed, own)
	})
}

// EditNumber returns the number of the next edit of a message, or 0 if there are no more numbers.
func (c *contents) EditNumber(id string) int64 { return (c.edits[id] + 1) % (e2ee.EditMax + 1) }

// Open opens messages. A message whose secret is unknown gets a mark.
func (c *contents) Open(messages []*protocol.Message) {
	var batch []*protocol.Message
	for _, m := range messages {
		if kid := m.Encrypted.Kid; !c.keys.kids[kid] && (kid != e2ee.OwnKid || c.device.own.ID == "") {
			c.cfg.Opened(m, client.Said{Mark: c.lacking(kid)})
			continue
		}
		if batch = append(batch, m); len(batch) == openMax {
			c.openBatch(batch)
			batch = nil
		}
	}
	if len(batch) > 0 {
		c.openBatch(batch)
	}
}

// lacking returns the mark of a message whose secret is unknown, and starts to look for the secret.
func (c *contents) lacking(kid string) client.Mark {
	if kid == e2ee.OwnKid {
		return client.MarkWaiting // the device is not open yet
	}
	n := client.KidTurn(kid)
	if n == 0 || c.device.inPlain() {
		return client.MarkAltered
	}
	if newest := c.turns.newest; newest != nil && n <= newest.N && !c.keys.lacks() {
		if c.back.ended || n == newest.N { // the relay's database has lost the message's turn
			return client.MarkBefore
		}
		c.back.more()
	}
	return client.MarkWaiting
}

// openBatch opens messages whose secrets are known.
func (c *contents) openBatch(messages []*protocol.Message) {
	sealed := make([]client.SealedContent, len(messages))
	for i, m := range messages {
		sealed[i] = client.SealedContent{Place: placeOf(m), Sealed: *m.Encrypted}
	}
	c.do(client.Open{Messages: sealed}, func(r client.CryptoResult) {
		opened, _ := r.(client.ContentsOpened)
		if len(opened.Opened) != len(messages) {
			c.wait(messages)
			return
		}
		c.opened(messages, opened.Opened)
	})
}

// openLater schedules the next try to open waiting messages.
func (c *contents) openLater() {
	c.reopen = step.Earliest(c.reopen, c.in(openAgainAfter))
}

// wait marks messages as waiting, and schedules the next try.
func (c *contents) wait(messages []*protocol.Message) {
	c.openLater()
	for _, m := range messages {
		c.cfg.Opened(m, client.Said{Mark: client.MarkWaiting})
	}
}

// opened handles the result of openBatch. It loads the records of unknown devices and then opens their messages again.
func (c *contents) opened(messages []*protocol.Message, all []client.OpenedContent) {
	var later []*protocol.Message
	var ids []string
	for i := range all {
		o, m := &all[i], messages[i]
		if o.State == client.OpenedBad || o.State == client.OpenedNoKey || c.records.certs[o.Device] != nil {
			c.cfg.Opened(m, c.evaluate(m, o))
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
	c.records.withDevices(ids, func(answered bool) {
		if !answered {
			c.wait(later)
			return
		}
		for _, id := range ids {
			c.records.record(id) // even if the relay does not know the device
		}
		c.openBatch(later)
	})
}

// evaluate returns the text, the author and the mark that the view shows for an opened message.
func (c *contents) evaluate(m *protocol.Message, o *client.OpenedContent) client.Said {
	cert := c.records.certOf(o.Device)
	switch {
	case o.State == client.OpenedNoKey:
		return client.Said{Mark: client.MarkWaiting}
	case o.State == client.OpenedBad,
		o.State == client.OpenedWell && cert.User != m.Sender.ID, // another user has signed it
		m.EditedAt != 0 && o.Edit == 0:                           // the original in place of an edit
		return client.Said{Mark: client.MarkAltered}
	case o.Edit < c.edits[m.ID]: // an older text in place of a newer
		return client.Said{Mark: client.MarkAltered, Older: o.State == client.OpenedWell}
	}
	said := client.Said{Mark: client.MarkUncertain, Text: o.Text, Mentions: o.Mentions, Files: o.Files, Edit: o.Edit}
	if o.State == client.OpenedWell {
		said.Mark = client.MarkNone
		said.Author = &protocol.User{ID: cert.User, Name: cert.Name, Role: cert.Role, Picture: m.Sender.Picture}
	}
	return said
}

// StartOver forgets the edit numbers of another epoch of the room.
func (c *contents) StartOver() { clear(c.edits) }

// Shown records the number of an edit that is shown.
func (c *contents) Shown(id string, edit int64) {
	if edit > c.edits[id] && len(c.edits) < editsMax {
		c.edits[id] = edit
	}
}

// placeOf returns the place that a message's encryption is bound to.
func placeOf(m *protocol.Message) client.Place {
	return client.Place{ID: m.ID, Sender: m.Sender.ID, ReplyTo: m.ReplyTo, SentAt: m.SentAt}
}

func (c *contents) deadline() time.Time { return step.Earliest(c.sealAt, c.reopen) }

func (c *contents) fire() {
	c.step.Due(&c.sealAt)
	if c.step.Due(&c.reopen) {
		c.back.failed = false
		c.cfg.Rescan()
	}
}
