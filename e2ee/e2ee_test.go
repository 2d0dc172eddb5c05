package e2ee

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"hallway/protocol"
)

func TestFieldsCannotRunIntoEachOther(t *testing.T) {
	seen := map[string]bool{}
	for _, fields := range [][]string{{"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {"", "abc"}, {}} {
		b := T("label", fields...)
		if seen[string(b)] {
			t.Errorf("%q has the same bytes as another input", fields)
		}
		seen[string(b)] = true
		got, ok := Split(b)
		if !ok || len(got) != len(fields)+1 || string(got[0]) != "hallway e2ee 1 label" {
			t.Errorf("%q is split into %q", fields, got)
		}
	}
	whole := T("label", "a", "b")
	for n := range whole {
		if fields, ok := Split(whole[:n]); ok && len(fields) == 3 {
			t.Errorf("the first %d bytes of %d are accepted as a list", n, len(whole))
		}
	}
}

// TestBytesByHand compares the formats with bytes that were written by hand from docs/PROTOCOL.md.
func TestBytesByHand(t *testing.T) {
	turn := protocol.Turn{N: 2, Kid: "2.k", PrevKid: "1.k", Prev: "p", Link: "l", Out: []string{"u_9", "u"}, By: "d", At: "t"}
	box := protocol.PublicKey{X: "X", Y: "Y"}
	place := Place{Room: "r", ID: "i", Sender: "s", Kid: "2.k", SentAt: "t"}
	for _, c := range []struct {
		name, want string
		got        []byte
	}{
		{"turn", "\x00\x00\x00\x13hallway e2ee 1 turn\x00\x00\x00\x01r\x00\x00\x00\x012\x00\x00\x00\x032.k\x00\x00\x00\x031.k\x00\x00\x00\x01p\x00\x00\x00\x01l" +
			"\x00\x00\x00\x0c\x00\x00\x00\x03u_9\x00\x00\x00\x01u\x00\x00\x00\x01d\x00\x00\x00\x01t", TurnBytes("r", &turn)},
		{"device", "\x00\x00\x00\x15hallway e2ee 1 device\x00\x00\x00\x01u\x00\x00\x00\x2a" + `{"crv":"P-256","kty":"EC","x":"X","y":"Y"}`, DeviceBytes("u", box)},
		{"message", "\x00\x00\x00\x16hallway e2ee 1 message\x00\x00\x00\x01r\x00\x00\x00\x01i\x00\x00\x00\x01s\x00\x00\x00\x032.k\x00\x00\x00\x00\x00\x00\x00\x01t", place.AAD()},
		{"content", "A\x00\x00\x00\x16hallway e2ee 1 content\x00\x00\x00\x01d\x00\x00\x00\x01c", ContentBytes([]byte("A"), "d", []byte("c"))},
	} {
		if string(c.got) != c.want {
			t.Errorf("%s: got\n%q, want\n%q", c.name, c.got, c.want)
		}
	}
}

func TestPlaintext(t *testing.T) {
	device, sig := bytes.Repeat([]byte{7}, 16), bytes.Repeat([]byte{9}, 64)
	for size := range 600 {
		content := bytes.Repeat([]byte{0x80}, size)
		b := Plaintext(device, sig, content)
		d, s, got, err := ReadPlaintext(b)
		if err != nil || len(b)%256 != 0 || len(b) != plaintextSize(size) || !bytes.Equal(d, device) || !bytes.Equal(s, sig) || !bytes.Equal(got, content) {
			t.Fatalf("%d bytes: %v, %d bytes of %d", size, err, len(got), len(b))
		}
		// A plaintext with another block of padding, or another last byte, is malformed.
		if _, _, _, err := ReadPlaintext(append(b, make([]byte, 256)...)); err == nil {
			t.Errorf("%d bytes: another block of zeros is accepted", size)
		}
		b[len(b)-1] = 1
		if _, _, _, err := ReadPlaintext(b); err == nil {
			t.Errorf("%d bytes: another last byte is accepted", size)
		}
	}
	for _, b := range [][]byte{nil, make([]byte, 256), make([]byte, 255), append(make([]byte, 79), append([]byte{0x80}, make([]byte, 176)...)...)} {
		if _, _, _, err := ReadPlaintext(b); err == nil {
			t.Errorf("%d bytes are accepted", len(b))
		}
	}
}

func TestContent(t *testing.T) {
	want := protocol.Content{Text: "Hä \"\n", Mentions: []protocol.Mention{{At: 0, Len: 3, User: "u"}}, Files: []protocol.SealedFile{
		{File: protocol.File{ID: "f", Name: "a.png", Type: "image/png", Size: 3, Width: 1, Height: 2}, Key: "k", IV: "i"},
	}}
	b := AppendContent(nil, 258, &want)
	if string(b) != "\x01\x01\x02"+`{"text":"Hä \"\n","mentions":[{"at":0,"len":3,"user":"u"}],"files":[{"id":"f","name":"a.png","type":"image/png","size":3,"width":1,"height":2,"key":"k","iv":"i"}]}` {
		t.Errorf("written as %q", b)
	}
	edit, got, err := ReadContent(b)
	if err != nil || edit != 258 || got.Text != want.Text || len(got.Mentions) != 1 || got.Mentions[0] != want.Mentions[0] || got.Files[0] != want.Files[0] {
		t.Errorf("read as %d, %+v, %v", edit, got, err)
	}
	null := "\x01\x00\x00" + `{"text":"hi","mentions":null,"files":[{"id":"f","name":"a","type":"t","size":1,"width":null,"alt":null,"key":"k","iv":"i"}]}`
	if _, got, err := ReadContent([]byte(null)); err != nil || got.Text != "hi" || len(got.Mentions) != 0 || len(got.Files) != 1 {
		t.Errorf("with null for missing members: %+v, %v", got, err)
	}
	for _, bad := range []string{"", "\x01\x00", "\x02\x00\x00{}", "\x01\x00\x00", "\x01\x00\x00{}x", "\x01\x00\x00{\"text\":1}"} {
		if _, _, err := ReadContent([]byte(bad)); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestReadCertificate(t *testing.T) {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	header := `{"alg":"ES256","typ":"hallway-device+jwt"}`
	jkt := Encode(make([]byte, 32))
	payload := `{"sub":"u_17","name":"Ada","role":"organizer","rooms":[{"room":"lob?y","role":"moderator"},"l*"],"iat":1000,"exp":605800,"cnf":{"jkt":"` + jkt + `"}}`
	read := func(header, payload, room string) (Certificate, bool) {
		return ReadCertificate(part(header)+"."+part(payload)+".c2ln", room)
	}
	want := Certificate{User: "u_17", Name: "Ada", Role: protocol.RoleModerator, From: 1000, Until: 605800, JKT: jkt}
	if c, ok := read(header, payload, "lobby"); !ok || c != want {
		t.Errorf("got %+v, %v", c, ok)
	}
	for room, role := range map[string]protocol.Role{"l": "organizer", "hall": ""} {
		if c, ok := read(header, payload, room); !ok || c.Role != role {
			t.Errorf("in %s the role is %q, %v", room, c.Role, ok)
		}
	}
	for _, c := range []struct{ old, new string }{
		{`hallway-device+jwt`, `JWT`}, {`ES256`, `none`}, {`{"alg"`, `{"crit":["b64"],"alg"`}, {`"sub":"u_17"`, `"sub":""`}, {`"sub":"u_17",`, ``}, {`605800`, `605801`},
		{`605800`, `999`}, {`"exp":605800,`, ``}, {`"iat":1000,`, ``}, {`organizer`, `king`}, {`moderator`, `king`}, {jkt, jkt[1:]}, {`"cnf"`, `"was"`},
		{`"rooms":[`, `"rooms":7,"was":[`}, {`"jkt":`, `"jkt":7,"was":`}, {`{"sub"`, `["sub"`},
	} {
		h, p := strings.Replace(header, c.old, c.new, 1), strings.Replace(payload, c.old, c.new, 1)
		if h == header && p == payload {
			t.Fatalf("%s is not there", c.old)
		}
		if got, ok := read(h, p, "lobby"); ok {
			t.Errorf("%s in place of %s is accepted: %+v", c.new, c.old, got)
		}
	}
	if _, ok := ReadCertificate("a.b", "lobby"); ok {
		t.Error("a token with two parts is accepted")
	}
}

func TestDecodeIsStrict(t *testing.T) {
	for _, s := range []string{"AA==", "AB", "A", "A\nA", "+/AA", "AAA="} {
		if b := Decode(s); b != nil {
			t.Errorf("%q is accepted", s)
		}
	}
}

func TestCode(t *testing.T) {
	hash := make([]byte, 32)
	copy(hash, "\x00\x00\x00\x00\x07\xff\xff\xff\xff\xff")
	if code := Code(hash); code != "00007 27775 00000 00000 00000 00000" { // 2^40-1 is 1099511627775
		t.Errorf("the code is %s", code)
	}
	if Code(hash[:29]) != "" {
		t.Error("a hash of 29 bytes has a code")
	}
}
