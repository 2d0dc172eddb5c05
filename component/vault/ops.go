package vault

import (
	"context"
	"strconv"

	"hallway/component/client"
	"hallway/e2ee"
	"hallway/protocol"
)

// checkTurn verifies the signature of a turn.
func (v *Vault) checkTurn(ctx context.Context, op client.CheckTurn) (client.CryptoResult, error) {
	signed := e2ee.TurnBytes(v.options.Room, &op.Turn)
	ok, err := v.one(ctx, e2ee.OpVerify, []byte(op.Turn.By), signed, e2ee.Decode(op.Turn.Sig))
	if err != nil {
		return nil, err
	}
	sum, err := v.one(ctx, e2ee.OpDigest, signed)
	if err != nil {
		return nil, err
	}
	checked := client.TurnChecked{OK: string(ok) == e2ee.Yes, Hash: e2ee.Encode(sum)}
	sum, err = v.one(ctx, e2ee.OpDigest, e2ee.CodeBytes(checked.Hash))
	checked.Code = e2ee.Code(sum)
	return checked, err
}

// makeTurn makes a turn with a new secret, signs it, and wraps the secret for devices.
func (v *Vault) makeTurn(ctx context.Context, op client.MakeTurn) (client.CryptoResult, error) {
	turn := op.Turn
	kid, err := v.one(ctx, e2ee.OpSecret, []byte(strconv.FormatInt(turn.N, 10)))
	if err != nil {
		return nil, err
	}
	if turn.Kid = string(kid); op.Link {
		link, err := v.one(ctx, e2ee.OpLink, kid, []byte(turn.PrevKid), e2ee.LinkAAD(v.options.Room, turn.Kid, turn.PrevKid))
		if err != nil {
			return nil, err
		}
		turn.Link = e2ee.Encode(link)
	}
	sig, err := v.one(ctx, e2ee.OpSign, e2ee.TurnBytes(v.options.Room, &turn))
	if err != nil {
		return nil, err
	}
	turn.Sig = e2ee.Encode(sig)
	wraps, err := v.wrap(ctx, turn.Kid, op.To)
	if err != nil {
		return nil, err
	}
	// A relay may take the turn and then lose it. The stored number makes a later page choose a higher one. An error is ignored:
	// this page remembers the number itself.
	number := []byte(strconv.FormatInt(turn.N, 10))
	_, _ = v.one(ctx, e2ee.OpKeep, []byte(keptMade+v.options.Room), number, number)
	return client.TurnMade{Turn: turn, Wraps: wraps}, nil
}

// wrap wraps the secret of a kid for devices.
func (v *Vault) wrap(ctx context.Context, kid string, to []string) ([]protocol.Wrap, error) {
	var in list
	in.text(kid)
	for _, device := range to {
		in.text(device)
		in.add(e2ee.WrapInfo(v.options.Room, kid, device))
	}
	out, err := v.cipher(ctx, e2ee.OpWrap, in, 2*len(to))
	if err != nil {
		return nil, err
	}
	var wraps []protocol.Wrap
	for i, device := range to {
		if enc, ct := out[2*i], out[2*i+1]; len(enc) > 0 {
			wraps = append(wraps, protocol.Wrap{To: device, Enc: e2ee.Encode(enc), CT: e2ee.Encode(ct)})
		}
	}
	return wraps, nil
}

// unwrap takes a secret from a wrap, and returns its kid if the wrap is good.
func (v *Vault) unwrap(ctx context.Context, op client.Unwrap) (client.CryptoResult, error) {
	ok, err := v.take(ctx, op.Kid, op.Wrap)
	if !ok {
		return client.KeysFound{}, err
	}
	return client.KeysFound{Kids: []string{op.Kid}}, nil
}

// take takes the secret of a kid from a wrap for this device.
func (v *Vault) take(ctx context.Context, kid string, w protocol.Wrap) (bool, error) {
	ok, err := v.one(ctx, e2ee.OpUnwrap, []byte(kid), e2ee.WrapInfo(v.options.Room, kid, v.id), e2ee.Decode(w.Enc), e2ee.Decode(w.CT))
	return string(ok) == e2ee.Yes, err
}

// readBack reads the secrets before a turn, from the links of successive turns. It stops at the first one that it cannot read.
func (v *Vault) readBack(ctx context.Context, op client.ReadBack) (client.CryptoResult, error) {
	var found client.KeysFound
	for i := range op.Turns {
		t := &op.Turns[i]
		if t.Link == "" || i > 0 && op.Turns[i-1].PrevKid != t.Kid {
			break
		}
		aad := e2ee.LinkAAD(v.options.Room, t.Kid, t.PrevKid)
		ok, err := v.one(ctx, e2ee.OpUnlink, []byte(t.Kid), []byte(t.PrevKid), aad, e2ee.Decode(t.Link))
		if err != nil {
			return nil, err
		}
		if string(ok) != e2ee.Yes {
			break
		}
		found.Kids = append(found.Kids, t.PrevKid)
	}
	return found, nil
}

// aad returns the additional data of a message's encryption.
func (v *Vault) aad(p *client.Place, kid string) []byte {
	place := e2ee.Place{Room: v.options.Room, ID: p.ID, Sender: p.Sender, Kid: kid, ReplyTo: p.ReplyTo, SentAt: p.SentAt}
	return place.AAD()
}

// seal signs contents in one call, and then encrypts them in another.
func (v *Vault) seal(ctx context.Context, op client.Seal) (client.CryptoResult, error) {
	n := len(op.Contents)
	aads, contents := make([][]byte, n), make([][]byte, n)
	var in list
	for i := range op.Contents {
		c := &op.Contents[i]
		aads[i] = v.aad(&c.Place, op.Kid)
		contents[i] = e2ee.AppendContent(nil, c.Edit, &protocol.Content{Text: c.Text, Mentions: c.Mentions, Files: c.Files})
		in.add(e2ee.ContentBytes(aads[i], v.id, contents[i]))
	}
	sigs, err := v.cipher(ctx, e2ee.OpSign, in, n)
	if err != nil {
		return nil, err
	}
	in = nil
	in.text(op.Kid)
	for i, sig := range sigs {
		in.add(aads[i])
		in.add(e2ee.Plaintext(e2ee.Decode(v.id), sig, contents[i]))
	}
	out, err := v.cipher(ctx, e2ee.OpSeal, in, 2*n)
	if err != nil {
		return nil, err
	}
	sealed := make([]protocol.Encrypted, n)
	for i := range sealed {
		sealed[i] = protocol.Encrypted{Alg: algorithm, Kid: op.Kid, IV: e2ee.Encode(out[2*i]), CT: e2ee.Encode(out[2*i+1])}
	}
	return client.ContentsSealed{Sealed: sealed}, nil
}

// algorithm names the cipher of messages.
const algorithm = "A256GCM"

// open decrypts messages in one call, and then verifies their signatures in another.
func (v *Vault) open(ctx context.Context, op client.Open) (client.CryptoResult, error) {
	n := len(op.Messages)
	aads := make([][]byte, n)
	var in list
	for i := range op.Messages {
		m := &op.Messages[i]
		aads[i] = v.aad(&m.Place, m.Sealed.Kid)
		in.text(m.Sealed.Kid)
		in.add(aads[i])
		in.add(e2ee.Decode(m.Sealed.IV))
		in.add(e2ee.Decode(m.Sealed.CT))
	}
	out, err := v.cipher(ctx, e2ee.OpOpen, in, 2*n)
	if err != nil {
		return nil, err
	}
	opened := make([]client.OpenedContent, n)
	var signed []int // the indices of the messages to verify
	in = nil
	for i := range opened {
		o := &opened[i]
		o.Place = op.Messages[i].Place
		o.State = client.OpenedBad
		if len(out[2*i]) == 0 {
			o.State = client.OpenedNoKey
			continue
		}
		device, sig, content, err := e2ee.ReadPlaintext(out[2*i+1])
		if string(out[2*i]) != e2ee.Yes || err != nil || op.Messages[i].Sealed.Alg != algorithm {
			continue
		}
		edit, said, err := e2ee.ReadContent(content)
		if err != nil || !said.Fits() {
			continue
		}
		o.Edit, o.Text, o.Mentions, o.Files, o.Device = edit, said.Text, said.Mentions, said.Files, e2ee.Encode(device)
		signed = append(signed, i)
		in.text(o.Device)
		in.add(e2ee.ContentBytes(aads[i], o.Device, content))
		in.add(sig)
	}
	verified, err := v.cipher(ctx, e2ee.OpVerify, in, len(signed))
	if err != nil {
		return nil, err
	}
	for n, i := range signed {
		switch string(verified[n]) {
		case e2ee.Yes:
			opened[i].State = client.OpenedWell
		case "":
			opened[i].State = client.OpenedUnknown
		default:
			opened[i] = client.OpenedContent{Content: client.Content{Place: op.Messages[i].Place}, State: client.OpenedBad}
		}
	}
	return client.ContentsOpened{Opened: opened}, nil
}
