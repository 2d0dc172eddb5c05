package vault_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/component/driver"
	"hallway/component/vault"
	"hallway/e2ee"
	"hallway/e2ee/devicetest"
	"hallway/e2ee/native"
	"hallway/protocol"
)

var _ driver.Vault = (*vault.Vault)(nil)

const room = "lobby"

var now = time.Unix(1_795_000_000, 0)

// issuer is the host's token issuer.
type issuer struct {
	key    *ecdsa.PrivateKey
	claims map[string]any // replace the usual claims; a nil value removes one
	header map[string]any
	asked  int // the number of requested certificates
}

func newIssuer() *issuer { return &issuer{key: devicetest.NewKey()} }

func (i *issuer) keySet() []byte {
	b, _ := i.key.PublicKey.Bytes()
	return fmt.Appendf(nil, `{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"EC","crv":"P-256","kid":"1","x":%q,"y":%q}]}`, e2ee.Encode(b[1:33]), e2ee.Encode(b[33:]))
}

// certify returns a certificate.
func (i *issuer) certify(user, role, jkt string) string {
	i.asked++
	header := map[string]any{"alg": "ES256", "typ": e2ee.CertificateType, "kid": "1"}
	claims := map[string]any{
		"sub": user, "name": "Name of " + user, "role": role, "rooms": []string{room},
		"iat": now.Unix(), "exp": now.Add(24 * time.Hour).Unix(), "cnf": map[string]any{"jkt": jkt},
	}
	maps.Copy(header, i.header)
	maps.Copy(claims, i.claims)
	return devicetest.JWT(i.key, header, claims)
}

// party is a user's device.
type party struct {
	*vault.Vault
	t      *testing.T
	opened client.DeviceOpened
}

func do[R client.CryptoResult](p *party, op client.CryptoOp) R {
	p.t.Helper()
	result, err := p.Do(p.t.Context(), op)
	if err != nil {
		p.t.Fatal(err)
	}
	return result.(R)
}

func options(i *issuer, user, role string, c e2ee.Cipher) vault.Options {
	return vault.Options{
		Cipher: c, Relay: "https://chat.example.org", Room: room, Now: func() time.Time { return now },
		GetDevice:  func(_ context.Context, jkt string) (string, error) { return i.certify(user, role, jkt), nil },
		IssuerKeys: func(context.Context) ([]byte, error) { return i.keySet(), nil },
	}
}

func newParty(t *testing.T, i *issuer, user, role string, c e2ee.Cipher) *party {
	t.Helper()
	p := &party{Vault: vault.New(options(i, user, role, c)), t: t}
	p.opened = do[client.DeviceOpened](p, client.OpenDevice{User: user})
	return p
}

// shelf is a [native.Shelf] in memory.
type shelf map[string][]byte

func (s shelf) Load(name string) ([]byte, error)     { return s[name], nil }
func (s shelf) Save(name string, value []byte) error { s[name] = slices.Clone(value); return nil }

func turnOf(p *party, n int64, before client.TurnMade, link bool, to ...string) client.TurnMade {
	p.t.Helper()
	var prev string
	if before.Turn.N > 0 {
		prev = do[client.TurnChecked](p, client.CheckTurn{Turn: before.Turn}).Hash
	}
	return do[client.TurnMade](p, client.MakeTurn{
		Turn: protocol.Turn{
			N: n, PrevKid: before.Turn.Kid, Prev: prev, Out: []string{}, By: p.opened.Device.ID, At: "2026-11-23T09:15:00Z",
		},
		Link: link, To: to,
	})
}

func TestRoomOfTwo(t *testing.T) { eachCipher(t, testRoomOfTwo) }

func testRoomOfTwo(t *testing.T, adas, bens func() e2ee.Cipher) {
	i := newIssuer()
	ada, ben := newParty(t, i, "u_ada", "organizer", adas()), newParty(t, i, "u_ben", "participant", bens())
	if c := ben.opened.Cert; c.User != "u_ben" || c.Name != "Name of u_ben" || c.Role != protocol.RoleParticipant || !ben.opened.Fleeting {
		t.Errorf("opened: %+v", ben.opened)
	}
	devices := []protocol.Device{ada.opened.Device, ben.opened.Device}
	for _, p := range []*party{ada, ben} {
		if certs := do[client.DevicesChecked](p, client.CheckDevices{Devices: devices}).Certs; certs[0] != ada.opened.Cert || certs[1] != ben.opened.Cert {
			t.Fatalf("checked: %+v", certs)
		}
	}
	first := turnOf(ada, 1, client.TurnMade{}, false, ben.opened.Device.ID)
	second := turnOf(ada, 2, first, true, ben.opened.Device.ID, "unknown")
	if len(second.Wraps) != 1 || second.Wraps[0].To != ben.opened.Device.ID {
		t.Fatalf("wraps: %+v", second.Wraps)
	}
	check := client.CheckTurn{Turn: second.Turn}
	if c, by := do[client.TurnChecked](ben, check), do[client.TurnChecked](ada, check); !c.OK || c != by || len(c.Code) != 35 {
		t.Errorf("the turn is checked as %+v and %+v", c, by)
	}
	check.Turn.Out = []string{"u_ben"}
	if c := do[client.TurnChecked](ben, check); c.OK {
		t.Error("an altered turn is accepted")
	}
	content := client.Content{
		Place: client.Place{ID: "m1", Sender: "u_ada", ReplyTo: "m0", SentAt: "2026-11-23T09:15:01.002Z"},
		Edit:  3, Text: "Grüße @Ben", Mentions: []protocol.Mention{{At: 8, Len: 4, User: "u_ben"}},
	}
	old := do[client.ContentsSealed](ada, client.Seal{Kid: first.Turn.Kid, Contents: []client.Content{content}}).Sealed[0]
	sealed := do[client.ContentsSealed](ada, client.Seal{Kid: second.Turn.Kid, Contents: []client.Content{content}}).Sealed[0]
	open := func(p *party, place client.Place, e protocol.Encrypted) client.OpenedContent {
		t.Helper()
		return do[client.ContentsOpened](p, client.Open{Messages: []client.SealedContent{{Place: place, Sealed: e}}}).Opened[0]
	}
	if o := open(ben, content.Place, sealed); o.State != client.OpenedNoKey {
		t.Errorf("without the key: %+v", o)
	}
	if k := do[client.KeysFound](ben, client.Unwrap{Kid: second.Turn.Kid, Wrap: second.Wraps[0]}).Kids; len(k) != 1 || k[0] != second.Turn.Kid {
		t.Fatalf("unwrapped: %v", k)
	}
	if k := do[client.KeysFound](ben, client.ReadBack{Turns: []protocol.Turn{second.Turn, first.Turn}}).Kids; len(k) != 1 || k[0] != first.Turn.Kid {
		t.Fatalf("read back: %v", k)
	}
	for _, e := range []protocol.Encrypted{sealed, old} {
		o := open(ben, content.Place, e)
		if o.State != client.OpenedWell || o.Text != content.Text || o.Edit != 3 || len(o.Mentions) != 1 || o.Device != ada.opened.Device.ID || o.Place != content.Place {
			t.Errorf("opened: %+v", o)
		}
	}
	t.Run("another place", func(t *testing.T) {
		for name, change := range map[string]func(*client.Place){
			"id": func(p *client.Place) { p.ID = "m2" }, "sender": func(p *client.Place) { p.Sender = "u_ben" },
			"reply": func(p *client.Place) { p.ReplyTo = "" }, "time": func(p *client.Place) { p.SentAt = "2026-11-23T09:15:01.003Z" },
		} {
			place := content.Place
			change(&place)
			if o := open(ben, place, sealed); o.State != client.OpenedBad || o.Text != "" {
				t.Errorf("%s: %+v", name, o)
			}
		}
		other := sealed
		other.Kid = old.Kid
		if o := open(ben, content.Place, other); o.State != client.OpenedBad {
			t.Errorf("kid: %+v", o)
		}
	})
	t.Run("a device that was not checked", func(t *testing.T) {
		eve := newParty(t, i, "u_eve", "participant", bens())
		do[client.DevicesChecked](ada, client.CheckDevices{Devices: []protocol.Device{eve.opened.Device}})
		wraps := do[client.KeyWrapped](ada, client.WrapKey{Kid: second.Turn.Kid, To: []string{eve.opened.Device.ID}}).Wraps
		do[client.KeysFound](eve, client.Unwrap{Kid: second.Turn.Kid, Wrap: wraps[0]})
		if o := open(eve, content.Place, sealed); o.State != client.OpenedUnknown {
			t.Errorf("opened: %+v", o)
		}
		// A secret under the kid of another turn is refused, and so is a wrap for another device.
		for _, kid := range []string{first.Turn.Kid, "3" + second.Turn.Kid[1:]} {
			if k := do[client.KeysFound](eve, client.Unwrap{Kid: kid, Wrap: wraps[0]}).Kids; len(k) != 0 {
				t.Errorf("%s is unwrapped", kid)
			}
		}
		if k := do[client.KeysFound](eve, client.Unwrap{Kid: second.Turn.Kid, Wrap: second.Wraps[0]}).Kids; len(k) != 0 {
			t.Error("the wrap of another device is unwrapped")
		}
	})
}

// jkt returns the thumbprint of a device's key (RFC 7638), as in its certificate.
func jkt(d protocol.Device) string {
	sum := sha256.Sum256([]byte(e2ee.JWK(d.Sign)))
	return e2ee.Encode(sum[:])
}

// TestCertificates checks that a device is good only with a certificate that the issuer has signed for it.
func TestCertificates(t *testing.T) { eachCipher(t, testCertificates) }

func testCertificates(t *testing.T, first, second func() e2ee.Cipher) {
	i := newIssuer()
	ada, ben := newParty(t, i, "u_ada", "organizer", first()), newParty(t, i, "u_ben", "participant", second())
	good := ben.opened.Device
	forged := newIssuer()
	for name, change := range map[string]func(d *protocol.Device){
		"another issuer":    func(d *protocol.Device) { d.Cert = forged.certify("u_ben", "organizer", jkt(good)) },
		"of another device": func(d *protocol.Device) { d.Cert = ada.opened.Device.Cert },
		"of another user":   func(d *protocol.Device) { d.Cert = i.certify("u_eve", "participant", jkt(good)) },
		"another box":       func(d *protocol.Device) { d.Box = ada.opened.Device.Box },
		"another sign":      func(d *protocol.Device) { d.Sign = ada.opened.Device.Sign },
		"another id":        func(d *protocol.Device) { d.ID = ada.opened.Device.ID },
		"another signature": func(d *protocol.Device) { d.Sig = ada.opened.Device.Sig },
		"a bearer token's typ": func(d *protocol.Device) {
			f := *i
			f.header = map[string]any{"typ": "JWT"}
			d.Cert = f.certify("u_ben", "participant", jkt(good))
		},
		"another alg": func(d *protocol.Device) {
			f := *i
			f.header = map[string]any{"alg": "none"}
			d.Cert = f.certify("u_ben", "participant", jkt(good))
		},
		"more than a week": func(d *protocol.Device) {
			f := *i
			f.claims = map[string]any{"exp": now.Unix() + 604801}
			d.Cert = f.certify("u_ben", "participant", jkt(good))
		},
		"a cnf of another":        func(d *protocol.Device) { d.Cert = i.certify("u_ben", "participant", jkt(ada.opened.Device)) },
		"no certificate":          func(d *protocol.Device) { d.Cert = "a.b.c" },
		"no signature at the end": func(d *protocol.Device) { d.Cert = d.Cert[:len(d.Cert)-86] },
	} {
		d := good
		change(&d)
		if c := do[client.DevicesChecked](ada, client.CheckDevices{Devices: []protocol.Device{d, good}}).Certs; c[0] != (client.Certificate{}) || c[1] != ben.opened.Cert {
			t.Errorf("%s: %+v", name, c)
		}
	}
	elsewhere := *i
	elsewhere.claims = map[string]any{"rooms": []string{"hall"}}
	d := good
	d.Cert = elsewhere.certify("u_ben", "moderator", jkt(good))
	if c := do[client.DevicesChecked](ada, client.CheckDevices{Devices: []protocol.Device{d}}).Certs[0]; c.User != "u_ben" || c.Role != "" {
		t.Errorf("a certificate for another room: %+v", c)
	}
}

// TestDeviceIsKept checks what outlives the page: the keys, the certificate, the newest turn, and the number of the newest turn that
// the device has made.
func TestDeviceIsKept(t *testing.T) {
	i, disk := newIssuer(), shelf{}
	ada := newParty(t, i, "u_ada", "organizer", native.New(disk))
	first := turnOf(ada, 1, client.TurnMade{}, false, ada.opened.Device.ID)
	second := turnOf(ada, 2, first, true, ada.opened.Device.ID)
	second.Turn.Out = []string{"u_eve"}
	if n := do[client.TurnKept](ada, client.KeepTurn{Turn: second.Turn, Wrap: &second.Wraps[0]}).N; n != 2 {
		t.Errorf("turn %d is stored", n)
	}
	if kept := do[client.TurnKept](ada, client.KeepTurn{Turn: first.Turn}); kept.N != 2 || kept.Higher == nil || !slices.Equal(kept.Higher.Out, []string{"u_eve"}) {
		t.Errorf("after an older turn, turn %+v is stored", kept)
	}
	waits := client.Content{Place: client.Place{ID: "m1", Sender: "u_ada"}, Text: "waits"}
	own := do[client.ContentsSealed](ada, client.Seal{Kid: e2ee.OwnKid, Contents: []client.Content{waits}}).Sealed[0]
	asked := i.asked
	again := newParty(t, i, "u_ada", "organizer", native.New(disk))
	if o := again.opened; o.Device.Sign != ada.opened.Device.Sign || o.Device.Cert != ada.opened.Device.Cert || i.asked != asked || o.Fleeting || !o.HasKey || o.Turn.Kid != second.Turn.Kid || o.Offered != 2 {
		t.Errorf("opened again: %+v", o)
	}
	if o := do[client.ContentsOpened](again, client.Open{Messages: []client.SealedContent{{Place: waits.Place, Sealed: own}}}).Opened[0]; o.State != client.OpenedWell || o.Text != waits.Text {
		t.Errorf("the message that the device encrypted for itself opens as %+v", o)
	}
	if o := do[client.DeviceOpened](again, client.OpenDevice{User: "u_ada", Renew: true}); o.Device.Cert == ada.opened.Device.Cert || i.asked != asked+1 {
		t.Error("the certificate is not renewed")
	}
	other := newParty(t, i, "u_ben", "organizer", native.New(disk))
	if o := other.opened; o.Device.ID == ada.opened.Device.ID || o.Turn != nil || o.Offered != 0 {
		t.Errorf("another user's device: %+v", o)
	}
}

// TestOwnKey checks that a device alone opens the messages that it has encrypted for itself, and that no device gets the key.
func TestOwnKey(t *testing.T) { eachCipher(t, testOwnKey) }

func testOwnKey(t *testing.T, adas, bens func() e2ee.Cipher) {
	i := newIssuer()
	ada, ben := newParty(t, i, "u_ada", "organizer", adas()), newParty(t, i, "u_ben", "participant", bens())
	place := client.Place{ID: "m1", Sender: "u_ada", SentAt: "2026-11-23T09:15:01.002Z"}
	sealed := do[client.ContentsSealed](ada, client.Seal{Kid: e2ee.OwnKid, Contents: []client.Content{{Place: place, Text: "waits"}}}).Sealed[0]
	open := func(p *party, at client.Place) client.OpenedContent {
		return do[client.ContentsOpened](p, client.Open{Messages: []client.SealedContent{{Place: at, Sealed: sealed}}}).Opened[0]
	}
	if o := open(ada, place); sealed.Kid != e2ee.OwnKid || o.State != client.OpenedWell || o.Text != "waits" || o.Device != ada.opened.Device.ID {
		t.Errorf("under %s; opened %+v", sealed.Kid, o)
	}
	elsewhere := place
	elsewhere.ID = "m2"
	for name, o := range map[string]client.OpenedContent{
		"another place": open(ada, elsewhere), "another user": open(ben, place), "another device": open(newParty(t, i, "u_ada", "organizer", bens()), place),
	} {
		if o.State != client.OpenedBad || o.Text != "" {
			t.Errorf("%s: %+v", name, o)
		}
	}
	do[client.DevicesChecked](ada, client.CheckDevices{Devices: []protocol.Device{ben.opened.Device}})
	given, err := ada.Do(t.Context(), client.WrapKey{Kid: e2ee.OwnKid, To: []string{ben.opened.Device.ID}})
	if w, _ := given.(client.KeyWrapped); err == nil && len(w.Wraps) > 0 {
		t.Errorf("the device's own key is handed on: %+v", w)
	}
}
