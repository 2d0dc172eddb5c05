package simulation

import (
	"context"
	"crypto/sha256"

	"hallway/e2ee"
	"hallway/protocol"
)

// ghosts returns devices that the relay invents: one with a certificate of another issuer, and one with the certificate of another device.
func (s *sealedWorld) ghosts() []protocol.Device {
	if s.made == nil {
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
			d.Cert = s.certify(user, jkt, issuer)
			s.made = append(s.made, d)
		}
	}
	return s.made
}

// keyOf returns a point in the form of the wire.
func keyOf(point []byte) protocol.PublicKey {
	return protocol.PublicKey{X: e2ee.Encode(point[:32]), Y: e2ee.Encode(point[32:])}
}

// lie returns a false frame in place of the hub's, or the same frame.
func (l *link) lie(f protocol.RelayFrame) protocol.RelayFrame {
	w := l.w
	if !w.sealed.on || !w.sealed.lies || w.weather.calm || !w.oneIn(8) {
		return f
	}
	switch f := f.(type) {
	case protocol.Changed:
		f.Message = *l.p.sealed.lieAbout(&f.Message)
		return f
	case protocol.Joined:
		if f.E2EE == nil || f.E2EE.Turn == nil {
			return f
		}
		told := *f.E2EE
		if told.Wrap != nil {
			told.Wrap = w.sealed.bogus(told.Wrap)
		}
		if turns, _, _ := w.db.store.Turns(context.Background(), f.Room, told.Turn.N, 1); len(turns) > 0 && w.oneIn(2) {
			told.Turn, told.Wrap = &turns[0], nil // the newest is withheld
		}
		told.Out = nil
		f.E2EE = &told
		return f
	case protocol.Wrapped:
		f.Wrap = *w.sealed.bogus(&f.Wrap)
		return f
	case protocol.Wanted:
		f.Devices = append(f.Devices, w.sealed.ghosts()...)
		return f
	case protocol.Due:
		f.Out = nil
		return f
	case protocol.Turned:
		f.Turn = w.sealed.forge(l.p.room, f.Turn)
		return f
	}
	return f
}

// bogus returns a wrap that opens to nothing.
func (s *sealedWorld) bogus(like *protocol.Wrap) *protocol.Wrap {
	return &protocol.Wrap{To: like.To, Enc: e2ee.Encode(s.symbols.fresh(65)), CT: e2ee.Encode(s.symbols.fresh(48))}
}

// forge returns a turn with a secret that the relay knows. It has no valid signature, or that of a participant's device that helps the relay.
func (s *sealedWorld) forge(room string, t protocol.Turn) protocol.Turn {
	w := s.w
	forged := protocol.Turn{
		N: t.N, Kid: e2ee.Kid(t.N, s.symbols.fresh(16)), PrevKid: t.PrevKid, Prev: t.Prev, Link: t.Link, By: t.By, At: t.At, Sig: e2ee.Encode(s.symbols.fresh(64)),
	}
	devices, _ := w.db.store.Devices(context.Background(), room, nil)
	for i := range devices {
		c, _ := e2ee.ReadCertificate(devices[i].Cert, room)
		if c.Role == protocol.RoleParticipant && w.oneIn(2) {
			forged.By = devices[i].ID
			point := append(e2ee.Decode(devices[i].Sign.X), e2ee.Decode(devices[i].Sign.Y)...)
			forged.Sig = e2ee.Encode(s.symbols.sign(string(point), e2ee.TurnBytes(room, &forged)))
			break
		}
	}
	s.forged[forged.Kid] = true
	return forged
}

// lieAbout returns a message that differs from the stored one.
func (e *sealedPage) lieAbout(m *protocol.Message) *protocol.Message {
	p := e.p
	w, lied := p.w, *m
	if m.Encrypted == nil {
		return m
	}
	e.lied[m.ID] = true
	sealed := *m.Encrypted
	lied.Encrypted = &sealed
	kinds := 7
	if w.sealed.wide {
		kinds++
	}
	switch w.rnd.IntN(kinds) {
	case 0:
		lied.Sender.Name, lied.Sender.Role = "mallory", protocol.RoleOrganizer
	case 1:
		lied.ReplyTo = uuid(1)
	case 2:
		lied.SentAt = "2026-11-23T09:00:00.000Z"
	case 3:
		lied.Encrypted, lied.Text = nil, "a lie"
	case 4: // the content of another message
		if other := w.people.items[w.rnd.IntN(len(w.people.items))]; w.sealed.wrote[other.id].CT != "" {
			sealed = w.sealed.wrote[other.id]
		}
	case 5: // an earlier content of this message
		if first := w.sealed.wrote[m.ID]; first.CT != "" {
			sealed = first
		}
	case 7:
		sealed.CT = w.sealed.impersonate(sealed.CT)
	default:
		sealed.CT = e2ee.Encode(w.sealed.symbols.fresh(64))
	}
	return &lied
}

// impersonate returns a text in the name of a message's author, encrypted by a member who helps the relay. The key is right, but
// the signature is wrong.
func (s *sealedWorld) impersonate(ct string) string {
	was := s.symbols.sealed[string(e2ee.Decode(ct))]
	device, _, content, err := e2ee.ReadPlaintext(was.plain)
	if err != nil {
		return ct
	}
	edit, said, err := e2ee.ReadContent(content)
	if err != nil {
		return ct
	}
	said.Text = "what the author never said"
	forged := e2ee.Plaintext(device, s.symbols.fresh(64), e2ee.AppendContent(nil, edit, &said))
	return e2ee.Encode(s.symbols.encrypt(64, was.key, was.bound, forged))
}

// lieInPage returns a page of history with messages that differ from the stored ones.
func (e *sealedPage) lieInPage(page protocol.Page) protocol.Page {
	w := e.p.w
	if !w.sealed.on || !w.sealed.lies || w.weather.calm {
		return page
	}
	messages := make([]protocol.Message, len(page.Messages))
	for i := range messages {
		if messages[i] = page.Messages[i]; w.oneIn(20) {
			messages[i] = *e.lieAbout(&page.Messages[i])
		}
	}
	page.Messages = messages
	return page
}
