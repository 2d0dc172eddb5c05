package simulation

import (
	"context"
	"crypto/sha256"

	"hallway/e2ee"
	"hallway/protocol"
)

// ghosts returns devices that the relay makes up: one with a certificate of another issuer, one with another's certificate.
func (w *world) ghosts() []protocol.Device {
	if w.sealed.made == nil {
		for i, user := range []string{"ada", "ghost"} {
			keys := identityOf("ghost " + user)
			d := protocol.Device{Sign: keyOf(keys.signPoint), Box: keyOf(keys.boxPoint)}
			thumbprint := sha256.Sum256([]byte(e2ee.JWK(d.Sign)))
			d.ID = e2ee.DeviceID(thumbprint[:])
			d.Sig = e2ee.Encode(keys.signReally(e2ee.DeviceBytes(user, d.Box)))
			jkt, issuer := e2ee.Encode(thumbprint[:]), "foreign"
			if i > 0 {
				other := sha256.Sum256([]byte("another device"))
				jkt, issuer = e2ee.Encode(other[:]), issuerKeys
			}
			d.Cert = w.certify(user, jkt, issuer)
			w.sealed.made = append(w.sealed.made, d)
		}
	}
	return w.sealed.made
}

func keyOf(point []byte) protocol.PublicKey {
	return protocol.PublicKey{X: e2ee.Encode(point[:32]), Y: e2ee.Encode(point[32:])}
}

// lie returns another frame in place of the hub's, or the same one.
func (l *link) lie(f protocol.RelayFrame) protocol.RelayFrame {
	w := l.w
	if !w.sealed.on || !w.sealed.lies || w.calm || !w.oneIn(8) {
		return f
	}
	switch f := f.(type) {
	case protocol.Changed:
		f.Message = *l.p.lieAbout(&f.Message)
		return f
	case protocol.Joined:
		if f.E2EE == nil || f.E2EE.Turn == nil {
			return f
		}
		told := *f.E2EE
		if told.Wrap != nil {
			told.Wrap = w.bogus(told.Wrap)
		}
		if turns, _, _ := w.store.Turns(context.Background(), f.Room, told.Turn.N, 1); len(turns) > 0 && w.oneIn(2) {
			told.Turn, told.Wrap = &turns[0], nil // the newest is withheld
		}
		told.Out = nil
		f.E2EE = &told
		return f
	case protocol.Wrapped:
		f.Wrap = *w.bogus(&f.Wrap)
		return f
	case protocol.Wanted:
		f.Devices = append(f.Devices, w.ghosts()...)
		return f
	case protocol.Due:
		f.Out = nil
		return f
	case protocol.Turned:
		f.Turn = w.forge(l.p.room, f.Turn)
		return f
	}
	return f
}

// bogus returns a wrap that opens to nothing.
func (w *world) bogus(like *protocol.Wrap) *protocol.Wrap {
	s := &w.sealed.symbols
	return &protocol.Wrap{To: like.To, Enc: e2ee.Encode(s.fresh(65)), CT: e2ee.Encode(s.fresh(48))}
}

// forge returns a turn with a secret that the relay knows: signed by nobody, or by the device of a participant that helps it.
func (w *world) forge(room string, t protocol.Turn) protocol.Turn {
	s := &w.sealed.symbols
	forged := protocol.Turn{
		N: t.N, Kid: e2ee.Kid(t.N, s.fresh(16)), PrevKid: t.PrevKid, Prev: t.Prev, Link: t.Link, By: t.By, At: t.At, Sig: e2ee.Encode(s.fresh(64)),
	}
	devices, _ := w.store.Devices(context.Background(), room, nil)
	for i := range devices {
		c, _ := e2ee.ReadCertificate(devices[i].Cert, room)
		if c.Role == protocol.RoleParticipant && w.oneIn(2) {
			forged.By = devices[i].ID
			point := append(e2ee.Decode(devices[i].Sign.X), e2ee.Decode(devices[i].Sign.Y)...)
			forged.Sig = e2ee.Encode(s.sign(string(point), e2ee.TurnBytes(room, &forged)))
			break
		}
	}
	w.sealed.forged[forged.Kid] = true
	return forged
}

// lieAbout returns a message that is not as it was stored.
func (p *page) lieAbout(m *protocol.Message) *protocol.Message {
	w, lied := p.w, *m
	if m.Encrypted == nil {
		return m
	}
	p.lied[m.ID] = true
	sealed := *m.Encrypted
	lied.Encrypted = &sealed
	switch w.rnd.IntN(7) {
	case 0:
		lied.Sender.Name, lied.Sender.Role = "mallory", protocol.RoleOrganizer
	case 1:
		lied.ReplyTo = uuid(1)
	case 2:
		lied.SentAt = "2026-11-23T09:00:00.000Z"
	case 3:
		lied.Encrypted, lied.Text = nil, "a lie"
	case 4: // what another message says
		if other := w.items[w.rnd.IntN(len(w.items))]; w.sealed.wrote[other.id].CT != "" {
			sealed = w.sealed.wrote[other.id]
		}
	case 5: // an earlier text of this one
		if first := w.sealed.wrote[m.ID]; first.CT != "" {
			sealed = first
		}
	default:
		sealed.CT = e2ee.Encode(w.sealed.symbols.fresh(64))
	}
	return &lied
}

// lieInPage returns a page of history with messages that are not as they were stored.
func (p *page) lieInPage(page protocol.Page) protocol.Page {
	w := p.w
	if !w.sealed.on || !w.sealed.lies || w.calm {
		return page
	}
	messages := make([]protocol.Message, len(page.Messages))
	for i := range messages {
		if messages[i] = page.Messages[i]; w.oneIn(20) {
			messages[i] = *p.lieAbout(&page.Messages[i])
		}
	}
	page.Messages = messages
	return page
}
