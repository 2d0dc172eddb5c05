//go:build !js

package vault_test

import (
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/component/vault"
	"hallway/e2ee"
	"hallway/e2ee/native"
	"hallway/protocol"
)

var (
	update  = flag.Bool("update", false, "replace the committed vectors by new ones")
	foreign = flag.String("vectors", "", "a `file` of vectors to verify in place of the committed ones")
)

const vectorsFile = "../../e2ee/native/testdata/vectors.json"

// jwk is a private key.
type jwk struct {
	X string `json:"x"`
	Y string `json:"y"`
	D string `json:"d"`
}

// vectors describes a room with one device, which sends messages to itself. Bytes are base64url.
type vectors struct {
	Room    string            `json:"room"`
	Relay   string            `json:"relay"`
	User    string            `json:"user"`
	Sign    jwk               `json:"sign"`
	Box     jwk               `json:"box"`
	Issuer  json.RawMessage   `json:"issuer"`
	Device  json.RawMessage   `json:"device"`
	Turns   []json.RawMessage `json:"turns"`             // ascending
	Secrets []string          `json:"secrets,omitempty"` // the secrets of the turns; a browser does not reveal them
	Wrap    json.RawMessage   `json:"wrap"`              // wraps the newest secret for the device
	// Messages are encrypted under the newest turn, except for the first one.
	Messages []vectorMessage `json:"messages"`
	// File is the first file of the last message. The message has its key.
	File  vectorFile  `json:"file"`
	Bytes vectorBytes `json:"bytes"`
}

// vectorFile is a file in its plain and its encrypted form.
type vectorFile struct {
	Plain string `json:"plain"`
	CT    string `json:"ct"`
}

type vectorMessage struct {
	ID        string          `json:"id"`
	Sender    string          `json:"sender"`
	ReplyTo   string          `json:"reply_to,omitempty"`
	SentAt    string          `json:"sent_at,omitempty"`
	Encrypted encrypted       `json:"encrypted"`
	Edit      int64           `json:"edit"`
	Content   json.RawMessage `json:"content"`
}

type encrypted struct {
	Alg string `json:"alg"`
	Kid string `json:"kid"`
	IV  string `json:"iv"`
	CT  string `json:"ct"`
}

// vectorBytes holds the signed and the bound bytes. Another implementation can compare its own with them.
type vectorBytes struct {
	Device   string   `json:"device"`
	Turns    []string `json:"turns"`
	Link     string   `json:"link"`
	Wrap     string   `json:"wrap"`
	Messages []string `json:"messages"` // the additional data of each message
}

func (m *vectorMessage) place() client.Place {
	return client.Place{ID: m.ID, Sender: m.Sender, ReplyTo: m.ReplyTo, SentAt: m.SentAt}
}

// fixedKeys is a [native.Shelf] with the keys of a device.
type fixedKeys struct {
	shelf
	keys []byte
}

func (s fixedKeys) Load(name string) ([]byte, error) {
	if strings.HasSuffix(name, "keys") {
		return s.keys, nil
	}
	return s.shelf.Load(name)
}

func (v *vectors) native() e2ee.Cipher {
	return native.New(fixedKeys{shelf{}, append(e2ee.Decode(v.Sign.D), e2ee.Decode(v.Box.D)...)})
}

// party returns the device of the vectors, in a room.
func (v *vectors) party(t *testing.T, room string, c e2ee.Cipher) *party {
	t.Helper()
	device := v.device(t)
	cert, ok := e2ee.ReadCertificate(device.Cert, v.Room)
	if !ok {
		t.Fatal("the certificate is malformed")
	}
	p := &party{t: t, Vault: vault.New(vault.Options{
		Cipher: c, Relay: v.Relay, Room: room, Now: func() time.Time { return time.Unix(cert.From, 0) },
		GetDevice:  func(context.Context, string) (string, error) { return device.Cert, nil },
		IssuerKeys: func(context.Context) ([]byte, error) { return v.Issuer, nil },
	})}
	p.opened = do[client.DeviceOpened](p, client.OpenDevice{User: v.User})
	return p
}

func (v *vectors) device(t *testing.T) protocol.Device {
	t.Helper()
	return decoded(t, v.Device, protocol.DecodeDevice)
}

func decoded[T any](t *testing.T, data []byte, decode func([]byte) (T, error)) T {
	t.Helper()
	value, err := decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// makeVectors makes vectors with fresh keys.
func makeVectors(t *testing.T) *vectors {
	t.Helper()
	keys, err := native.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	private, err := keys.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	sign, box, i := keys.Sign(), keys.Box(), newIssuer()
	v := &vectors{
		Room: room, Relay: "https://chat.example.org", User: "u_17", Issuer: i.keySet(),
		Sign: jwk{sign.X, sign.Y, e2ee.Encode(private[:32])}, Box: jwk{box.X, box.Y, e2ee.Encode(private[32:])},
	}
	d := protocol.Device{Sign: sign, Box: box}
	d.Cert = i.certify(v.User, "organizer", jkt(d))
	v.Device = d.Append(nil)
	p := v.party(t, room, v.native())
	d = p.opened.Device
	v.Device = d.Append(nil)
	first := turnOf(p, 1, client.TurnMade{}, false)
	second := turnOf(p, 2, first, true, d.ID)
	v.Turns = []json.RawMessage{first.Turn.Append(nil), second.Turn.Append(nil)}
	v.Wrap = second.Wraps[0].Append(nil)
	older := do[client.KeyWrapped](p, client.WrapKey{Kid: first.Turn.Kid, To: []string{d.ID}}).Wraps[0]
	for i, w := range []protocol.Wrap{older, second.Wraps[0]} {
		kid := []string{first.Turn.Kid, second.Turn.Kid}[i]
		v.Secrets = append(v.Secrets, e2ee.Encode(v.unwrap(t, kid, w)))
	}
	v.seal(t, p, first.Turn.Kid, second.Turn.Kid)
	v.Bytes = v.bytes(t)
	return v
}

// unwrap opens a wrap with the standard library alone.
func (v *vectors) unwrap(t *testing.T, kid string, w protocol.Wrap) []byte {
	t.Helper()
	key, err := hpke.DHKEM(ecdh.P256()).NewPrivateKey(e2ee.Decode(v.Box.D))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := hpke.Open(key, hpke.HKDFSHA256(), hpke.AES256GCM(), e2ee.WrapInfo(v.Room, kid, w.To), append(e2ee.Decode(w.Enc), e2ee.Decode(w.CT)...))
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// seal makes the messages.
func (v *vectors) seal(t *testing.T, p *party, first, second string) {
	t.Helper()
	for i, m := range []vectorMessage{
		{ID: "0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d", SentAt: "2026-11-23T09:15:01.002Z", Content: json.RawMessage(`{"text":"Doors open at nine."}`)},
		{ID: "0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5e", ReplyTo: "0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d", Edit: 258, Content: json.RawMessage(`{"text":"@Grüße 👋","mentions":[{"at":0,"len":8,"user":"u_9"}]}`)},
		{ID: "0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5f", Content: json.RawMessage(`{"text":"` + strings.Repeat("long ", 400) + `"}`)},
		{ID: "0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c60", SentAt: "2026-11-23T09:15:02Z", Content: v.sealFile(t, p)},
	} {
		m.Sender = v.User
		c := decoded(t, m.Content, protocol.DecodeContent)
		kid := second
		if i == 0 {
			kid = first
		}
		content := client.Content{Place: m.place(), Edit: m.Edit, Text: c.Text, Mentions: c.Mentions, Files: c.Files}
		m.Encrypted = encrypted(do[client.ContentsSealed](p, client.Seal{Kid: kid, Contents: []client.Content{content}}).Sealed[0])
		v.Messages = append(v.Messages, m)
	}
}

// bytes returns the signed and the bound bytes of the vectors.
func (v *vectors) bytes(t *testing.T) (b vectorBytes) {
	t.Helper()
	b.Device = e2ee.Encode(e2ee.DeviceBytes(v.User, protocol.PublicKey{X: v.Box.X, Y: v.Box.Y}))
	var newest protocol.Turn
	for _, data := range v.Turns {
		newest = decoded(t, data, protocol.DecodeTurn)
		b.Turns = append(b.Turns, e2ee.Encode(e2ee.TurnBytes(v.Room, &newest)))
	}
	b.Link = e2ee.Encode(e2ee.LinkAAD(v.Room, newest.Kid, newest.PrevKid))
	b.Wrap = e2ee.Encode(e2ee.WrapInfo(v.Room, newest.Kid, v.device(t).ID))
	for _, m := range v.Messages {
		place := e2ee.Place{Room: v.Room, ID: m.ID, Sender: m.Sender, Kid: m.Encrypted.Kid, ReplyTo: m.ReplyTo, SentAt: m.SentAt}
		b.Messages = append(b.Messages, e2ee.Encode(place.AAD()))
	}
	return b
}

func readVectors(t *testing.T, data []byte) *vectors {
	t.Helper()
	v := new(vectors)
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestVectors verifies the committed vectors in Go and in Node. Go has made them.
func TestVectors(t *testing.T) {
	file := vectorsFile
	if *foreign != "" {
		file = *foreign
	}
	if *update {
		data, err := json.MarshalIndent(makeVectors(t), "", "  ")
		if err == nil {
			err = os.WriteFile(file, append(data, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	v := readVectors(t, data)
	t.Run("Go", func(t *testing.T) { v.verify(t, v.native) })
	t.Run("JavaScript", func(t *testing.T) {
		keys, _ := json.Marshal(map[string]jwk{"sign": v.Sign, "box": v.Box})
		v.verify(t, func() e2ee.Cipher { return newNodeCipher(t, string(keys)) })
	})
}

// TestVectorsOfJavaScript verifies vectors that component/element/e2ee.js makes in Node.
func TestVectorsOfJavaScript(t *testing.T) {
	data, err := exec.CommandContext(t.Context(), "node", "../../test/browser/pages/vectors.js").Output()
	if err != nil {
		t.Fatal(err)
	}
	v := readVectors(t, data)
	v.verify(t, v.native)
}

func (v *vectors) verify(t *testing.T, c func() e2ee.Cipher) {
	t.Helper()
	device := v.device(t)
	turns := []protocol.Turn{decoded(t, v.Turns[1], protocol.DecodeTurn), decoded(t, v.Turns[0], protocol.DecodeTurn)}
	wrap := decoded(t, v.Wrap, protocol.DecodeWrap)
	p := v.party(t, v.Room, c())
	if o := p.opened; o.Device.ID != device.ID || o.Device.Sign != device.Sign || o.Device.Box != device.Box || o.Cert.User != v.User {
		t.Fatalf("opened: %+v", o)
	}
	if b := v.bytes(t); !slices.Equal(b.Turns, v.Bytes.Turns) || !slices.Equal(b.Messages, v.Bytes.Messages) || b.Device != v.Bytes.Device || b.Link != v.Bytes.Link || b.Wrap != v.Bytes.Wrap {
		t.Error("the signed or the bound bytes differ from the vectors")
	}
	if k := do[client.KeysFound](p, client.Unwrap{Kid: turns[0].Kid, Wrap: wrap}).Kids; len(k) != 1 {
		t.Fatal("the secret is refused")
	}
	if k := do[client.KeysFound](p, client.ReadBack{Turns: turns}).Kids; len(k) != 1 || k[0] != turns[1].Kid {
		t.Fatal("the secret before it is refused")
	}
	for _, turn := range turns {
		if !do[client.TurnChecked](p, client.CheckTurn{Turn: turn}).OK {
			t.Errorf("turn %d is refused", turn.N)
		}
	}
	for i, o := range v.open(p, v.Messages...) {
		m := &v.Messages[i]
		want := decoded(t, m.Content, protocol.DecodeContent)
		if o.State != client.OpenedWell || o.Text != want.Text || !slices.Equal(o.Mentions, want.Mentions) || !slices.Equal(o.Files, want.Files) || o.Edit != m.Edit || o.Device != device.ID {
			t.Errorf("message %d: %+v", i, o)
		}
	}
	t.Run("altered", func(t *testing.T) { v.refuse(t, p, turns, wrap) })
	t.Run("file", func(t *testing.T) { v.verifyFile(t, p) })
	t.Run("another room", func(t *testing.T) {
		other := v.party(t, v.Room+"2", c())
		if k := do[client.KeysFound](other, client.Unwrap{Kid: turns[0].Kid, Wrap: wrap}).Kids; len(k) != 0 {
			t.Error("the secret is accepted in another room")
		}
		if do[client.TurnChecked](other, client.CheckTurn{Turn: turns[0]}).OK {
			t.Error("the turn is accepted in another room")
		}
	})
}

func (v *vectors) open(p *party, messages ...vectorMessage) []client.OpenedContent {
	p.t.Helper()
	var op client.Open
	for i := range messages {
		op.Messages = append(op.Messages, client.SealedContent{Place: messages[i].place(), Sealed: protocol.Encrypted(messages[i].Encrypted)})
	}
	return do[client.ContentsOpened](p, op).Opened
}
