//go:build !js

package vault_test

import (
	"bytes"
	"strings"
	"testing"

	"hallway/component/client"
	"hallway/e2ee"
	"hallway/protocol"
)

// flips returns copies of base64url data, each with one byte altered.
func flips(s string) (all []string) {
	b := e2ee.Decode(s)
	for i := range b {
		other := bytes.Clone(b)
		other[i] ^= 1 << (i % 8)
		all = append(all, e2ee.Encode(other))
	}
	return all
}

// refuse alters each byte of the vectors, and each part of a message's place, and checks that all are refused.
func (v *vectors) refuse(t *testing.T, p *party, turns []protocol.Turn, wrap protocol.Wrap) {
	t.Helper()
	var altered []vectorMessage
	for _, m := range v.Messages[:2] {
		change := func(change func(m *vectorMessage)) { other := m; change(&other); altered = append(altered, other) }
		for _, ct := range flips(m.Encrypted.CT) {
			change(func(m *vectorMessage) { m.Encrypted.CT = ct })
		}
		for _, iv := range flips(m.Encrypted.IV) {
			change(func(m *vectorMessage) { m.Encrypted.IV = iv })
		}
		change(func(m *vectorMessage) { m.ID = v.Messages[2].ID })
		change(func(m *vectorMessage) { m.Sender = "u_9" })
		change(func(m *vectorMessage) { m.ReplyTo += "0" })
		change(func(m *vectorMessage) { m.SentAt += "0" })
		change(func(m *vectorMessage) { m.ReplyTo, m.SentAt = m.SentAt, m.ReplyTo })
		change(func(m *vectorMessage) { m.Encrypted.Alg = "A128GCM" })
		other := v.Messages[0].Encrypted.Kid
		if m.Encrypted.Kid == other {
			other = v.Messages[1].Encrypted.Kid
		}
		change(func(m *vectorMessage) { m.Encrypted.Kid = other })
	}
	for i, o := range v.open(p, altered...) {
		if o.State != client.OpenedBad || o.Text != "" {
			t.Errorf("altered message %d: %+v", i, o)
		}
	}
	unwrap := func(w protocol.Wrap) int {
		return len(do[client.KeysFound](p, client.Unwrap{Kid: turns[0].Kid, Wrap: w}).Kids)
	}
	for _, enc := range flips(wrap.Enc) {
		if unwrap(protocol.Wrap{To: wrap.To, Enc: enc, CT: wrap.CT}) != 0 {
			t.Error("an altered enc is accepted")
		}
	}
	for _, ct := range flips(wrap.CT) {
		if unwrap(protocol.Wrap{To: wrap.To, Enc: wrap.Enc, CT: ct}) != 0 {
			t.Error("an altered wrap is accepted")
		}
	}
	for _, link := range flips(turns[0].Link) {
		turn := turns[0]
		turn.Link = link
		if len(do[client.KeysFound](p, client.ReadBack{Turns: []protocol.Turn{turn}}).Kids) != 0 || do[client.TurnChecked](p, client.CheckTurn{Turn: turn}).OK {
			t.Error("an altered link is accepted")
		}
	}
	for _, sig := range flips(turns[0].Sig) {
		turn := turns[0]
		turn.Sig = sig
		if do[client.TurnChecked](p, client.CheckTurn{Turn: turn}).OK {
			t.Error("an altered turn is accepted")
		}
	}
	var devices []protocol.Device
	good := v.device(t)
	for _, part := range []func(d *protocol.Device) *string{
		func(d *protocol.Device) *string { return &d.Sig }, func(d *protocol.Device) *string { return &d.ID },
		func(d *protocol.Device) *string { return &d.Box.X }, func(d *protocol.Device) *string { return &d.Sign.Y },
	} {
		for _, s := range flips(*part(&good)) {
			d := good
			*part(&d) = s
			devices = append(devices, d)
		}
	}
	at := strings.LastIndexByte(good.Cert, '.') + 1
	for _, sig := range flips(good.Cert[at:]) {
		d := good
		d.Cert = good.Cert[:at] + sig
		devices = append(devices, d)
	}
	for i, cert := range do[client.DevicesChecked](p, client.CheckDevices{Devices: devices}).Certs {
		if cert != (client.Certificate{}) {
			t.Errorf("altered device %d is accepted", i)
		}
	}
}
