package e2ee

import (
	"bytes"
	"encoding/json"
	"testing"

	"hallway/protocol"
)

// FuzzReadPlaintext reads any plaintext that a member may encrypt. An accepted plaintext must have only one form, so that its signature
// covers all of it.
func FuzzReadPlaintext(f *testing.F) {
	said := protocol.Content{Text: "hi", Files: []protocol.SealedFile{{File: protocol.File{ID: "f", Name: "a", Size: 1}, Key: "k", IV: "i"}}}
	for _, content := range [][]byte{nil, {1}, AppendContent(nil, 3, &said), []byte("\x01\x00\x00{\"text\":\"\\u0000\"}"), []byte("\x01\x00\x00{}")} {
		f.Add(Plaintext(make([]byte, idBytes), make([]byte, sigBytes), content))
	}
	f.Add(make([]byte, blockBytes))
	f.Fuzz(func(t *testing.T, b []byte) {
		device, sig, content, err := ReadPlaintext(b)
		if err != nil {
			return
		}
		if again := Plaintext(device, sig, content); !bytes.Equal(again, b) {
			t.Fatalf("%x comes back as %x", b, again)
		}
		if edit, c, err := ReadContent(content); err == nil {
			if edit < 0 || edit > EditMax || !json.Valid(c.Append(nil)) {
				t.Errorf("edit %d, written as %q", edit, c.Append(nil))
			}
			c.Fits()
		}
	})
}

// FuzzReadCertificate reads any text that a relay may hand on as a certificate.
func FuzzReadCertificate(f *testing.F) {
	token := func(header, claims string) string {
		return Encode([]byte(header)) + "." + Encode([]byte(claims)) + ".sig"
	}
	good := `{"alg":"ES256","typ":"hallway-device+jwt"}`
	for _, claims := range []string{
		`{"sub":"u_1","name":"Ada","role":"moderator","rooms":["*"],"iat":1700000000,"exp":1700003600,"cnf":{"jkt":"` + Encode(make([]byte, 32)) + `"}}`,
		`{"sub":"u_1","rooms":[{"room":"l*","role":"organizer"}],"iat":1.7e9,"exp":1e99,"cnf":{"jkt":""}}`,
		`{"sub":"u_1","sub":"u_2","rooms":[["a"]],"exp":-1,"cnf":[]}`,
	} {
		f.Add(token(good, claims))
		f.Add(token(`{"alg":"none","typ":"hallway-device+jwt"}`, claims))
	}
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		c, ok := ReadCertificate(token, "lobby")
		if !ok {
			return
		}
		if !protocol.ValidUser(c.User) || c.Role != "" && !c.Role.Valid() || c.Until-c.From > CertificateMax || c.From < 1 || len(Decode(c.JKT)) != 32 {
			t.Errorf("%q is read as %+v", token, c)
		}
	})
}

// FuzzSplit splits any bytes that a damaged store may contain.
func FuzzSplit(f *testing.F) {
	f.Add(T("label", "a", "", "b"))
	f.Add([]byte("\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		fields, ok := Split(b)
		if !ok {
			return
		}
		var again []byte
		for _, field := range fields {
			again = Append(again, field)
		}
		if !bytes.Equal(again, b) {
			t.Fatalf("%x comes back as %x", b, again)
		}
	})
}
