package vault

import (
	"hallway/component/client"
	"hallway/e2ee"
	"hallway/protocol"
)

// checkTurn verifies the signature of a turn.
func (c *call) checkTurn(turn *protocol.Turn) client.CryptoResult {
	signed := e2ee.TurnBytes(c.options.Room, turn)
	c.text(turn.By)
	c.add(signed)
	c.decoded(turn.Sig)
	checked := client.TurnChecked{OK: c.yes(e2ee.OpVerify)}
	c.add(signed)
	checked.Hash = c.encoded(e2ee.OpDigest)
	c.add(e2ee.CodeBytes(checked.Hash))
	checked.Code = e2ee.Code(c.one(e2ee.OpDigest))
	return checked
}

// makeTurn makes a turn with a new secret, signs it, and wraps the secret for devices.
func (c *call) makeTurn(op client.MakeTurn) client.CryptoResult {
	made := client.TurnMade{Turn: op.Turn}
	turn := &made.Turn
	c.number(turn.N)
	turn.Kid = string(c.one(e2ee.OpSecret))
	if op.Link {
		c.link(turn)
		turn.Link = c.encoded(e2ee.OpLink)
	}
	c.add(e2ee.TurnBytes(c.options.Room, turn))
	turn.Sig = c.encoded(e2ee.OpSign)
	made.Wraps = c.wrap(turn.Kid, op.To)
	// A relay may take the turn and then lose it. The stored number makes a later page choose a higher one. An error of the store is
	// ignored: this page remembers the number itself.
	err := c.err
	c.name(keptMade)
	c.number(turn.N)
	c.number(turn.N)
	c.one(e2ee.OpKeep)
	c.err = err
	return made
}

// wrap wraps the secret of a kid for devices. It leaves out those that the cipher does not know.
func (c *call) wrap(kid string, to []string) (wraps []protocol.Wrap) {
	c.text(kid)
	for _, device := range to {
		c.text(device)
		c.add(e2ee.WrapInfo(c.options.Room, kid, device))
	}
	out := c.ask(e2ee.OpWrap, 2*len(to))
	for i, device := range to {
		if enc := out[2*i]; len(enc) > 0 {
			wraps = append(wraps, protocol.Wrap{To: device, Enc: e2ee.Encode(enc), CT: e2ee.Encode(out[2*i+1])})
		}
	}
	return wraps
}

// unwrap takes a secret from a wrap, and returns its kid if the wrap is good.
func (c *call) unwrap(kid string, w *protocol.Wrap) client.CryptoResult {
	var found client.KeysFound
	if c.take(kid, w) {
		found.Kids = []string{kid}
	}
	return found
}

// take takes the secret of a kid from a wrap for this device.
func (c *call) take(kid string, w *protocol.Wrap) bool {
	c.text(kid)
	c.add(e2ee.WrapInfo(c.options.Room, kid, c.id))
	c.decoded(w.Enc)
	c.decoded(w.CT)
	return c.yes(e2ee.OpUnwrap)
}

// readBack reads the secrets before a turn, from the links of successive turns. It stops at the first one that it cannot read.
func (c *call) readBack(turns []protocol.Turn) client.CryptoResult {
	var found client.KeysFound
	for i := range turns {
		t := &turns[i]
		if t.Link == "" || i > 0 && turns[i-1].PrevKid != t.Kid {
			break
		}
		c.link(t)
		c.decoded(t.Link)
		if !c.yes(e2ee.OpUnlink) {
			break
		}
		found.Kids = append(found.Kids, t.PrevKid)
	}
	return found
}

// aad returns the additional data of a message's encryption.
func (c *call) aad(p *client.Place, kid string) []byte {
	place := e2ee.Place{Room: c.options.Room, ID: p.ID, Sender: p.Sender, Kid: kid, ReplyTo: p.ReplyTo, SentAt: p.SentAt}
	return place.AAD()
}

// algorithm names the cipher of messages.
const algorithm = "A256GCM"

// seal signs contents in one call, and then encrypts them in another.
func (c *call) seal(kid string, contents []client.Content) []protocol.Encrypted {
	n := len(contents)
	bound := make([]struct{ aad, content []byte }, n)
	for i := range contents {
		said, b := &contents[i], &bound[i]
		b.aad = c.aad(&said.Place, kid)
		b.content = e2ee.AppendContent(nil, said.Edit, &protocol.Content{Text: said.Text, Mentions: said.Mentions, Files: said.Files})
		c.add(e2ee.ContentBytes(b.aad, c.id, b.content))
	}
	sigs := c.ask(e2ee.OpSign, n)
	device := e2ee.Decode(c.id)
	c.text(kid)
	for i := range bound {
		b := &bound[i]
		c.add(b.aad)
		c.add(e2ee.Plaintext(device, sigs[i], b.content))
	}
	out := c.ask(e2ee.OpSeal, 2*n)
	sealed := make([]protocol.Encrypted, n)
	for i := range sealed {
		sealed[i] = protocol.Encrypted{Alg: algorithm, Kid: kid, IV: e2ee.Encode(out[2*i]), CT: e2ee.Encode(out[2*i+1])}
	}
	return sealed
}

// open decrypts messages in one call, and then verifies their signatures in another.
func (c *call) open(messages []client.SealedContent) []client.OpenedContent {
	n := len(messages)
	aads := make([][]byte, n)
	for i := range messages {
		m := &messages[i]
		aads[i] = c.aad(&m.Place, m.Sealed.Kid)
		c.text(m.Sealed.Kid)
		c.add(aads[i])
		c.decoded(m.Sealed.IV)
		c.decoded(m.Sealed.CT)
	}
	out := c.ask(e2ee.OpOpen, 2*n)
	opened := make([]client.OpenedContent, n)
	signed := 0
	for i := range opened {
		o := &opened[i]
		o.Place = messages[i].Place
		if o.State = c.decrypted(o, &messages[i], aads[i], out[2*i:]); o.State == client.OpenedUnknown {
			signed++
		}
	}
	verified := c.ask(e2ee.OpVerify, signed)
	for i := range opened {
		if o := &opened[i]; o.State == client.OpenedUnknown {
			settle(o, string(verified[0]))
			verified = verified[1:]
		}
	}
	return opened
}

// decrypted takes the cipher's answer to one message, a verdict and a plaintext. It adds the signature of a readable one to the
// input, to be verified; until then its author is unknown.
func (c *call) decrypted(o *client.OpenedContent, m *client.SealedContent, aad []byte, answer [][]byte) client.Opening {
	if len(answer[0]) == 0 {
		return client.OpenedNoKey
	}
	device, sig, content, err := e2ee.ReadPlaintext(answer[1])
	if isNo(answer[0]) || err != nil || m.Sealed.Alg != algorithm {
		return client.OpenedBad
	}
	edit, said, err := e2ee.ReadContent(content)
	if err != nil || !said.Fits() {
		return client.OpenedBad
	}
	o.Edit, o.Text, o.Mentions, o.Files, o.Device = edit, said.Text, said.Mentions, said.Files, e2ee.Encode(device)
	c.text(o.Device)
	c.add(e2ee.ContentBytes(aad, o.Device, content))
	c.add(sig)
	return client.OpenedUnknown
}

// settle takes the cipher's verdict on the signature of a message. Nothing stays of a message whose signature is bad.
func settle(o *client.OpenedContent, verdict string) {
	switch verdict {
	case e2ee.Yes:
		o.State = client.OpenedWell
	case "": // the device was not checked
	default:
		*o = client.OpenedContent{Content: client.Content{Place: o.Place}, State: client.OpenedBad}
	}
}
