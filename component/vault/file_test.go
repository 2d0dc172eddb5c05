//go:build !js

package vault_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"hallway/component/client"
	"hallway/e2ee"
	"hallway/e2ee/native"
	"hallway/protocol"
)

// openFile decrypts a file; ok is false if it is refused.
func openFile(p *party, sealed []byte, f protocol.SealedFile) (data []byte, ok bool) {
	p.t.Helper()
	data, ok, err := p.OpenFile(p.t.Context(), sealed, &f, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	return data, ok
}

// sealFile makes the file of the vectors, and returns the content of the message that has it.
func (v *vectors) sealFile(t *testing.T, p *party) json.RawMessage {
	t.Helper()
	plain := []byte("%PDF-1.7 the floor plan, which only people in the room may see")
	sealed, key, iv, err := p.SealFile(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	v.File = vectorFile{Plain: e2ee.Encode(plain), CT: e2ee.Encode(sealed)}
	c := protocol.Content{Files: []protocol.SealedFile{{File: protocol.File{
		ID: "0199a1c4-8000-7000-8000-2d1f0a3b4c5d", Name: "plan é.pdf", Type: "application/pdf", Size: int64(len(plain)), Width: 4, Height: 3, Alt: "The floor plan",
	}, Key: key, IV: iv}}}
	return c.Append(nil)
}

// verifyFile opens the file of the vectors with the key in the last message, and alters each byte.
func (v *vectors) verifyFile(t *testing.T, p *party) {
	t.Helper()
	f := v.open(p, v.Messages[len(v.Messages)-1])[0].Files[0]
	sealed, plain := e2ee.Decode(v.File.CT), e2ee.Decode(v.File.Plain)
	if len(sealed) != len(plain)+protocol.FileTagBytes || f.Size != int64(len(plain)) {
		t.Errorf("a file of %d bytes with a stated size of %d was encrypted to %d bytes", len(plain), f.Size, len(sealed))
	}
	if got, ok := openFile(p, sealed, f); !ok || !bytes.Equal(got, plain) {
		t.Errorf("opened: %v, %q", ok, got)
	}
	refused := func(what string, sealed []byte, f protocol.SealedFile) {
		t.Helper()
		if got, ok := openFile(p, sealed, f); ok || len(got) > 0 {
			t.Errorf("%s is accepted: %q", what, got)
		}
	}
	for _, ct := range flips(v.File.CT) {
		refused("an altered file", e2ee.Decode(ct), f)
	}
	for _, key := range flips(f.Key) {
		refused("a file under another key", sealed, protocol.SealedFile{Key: key, IV: f.IV})
	}
	for _, iv := range flips(f.IV) {
		refused("a file with another iv", sealed, protocol.SealedFile{Key: f.Key, IV: iv})
	}
	refused("a shortened file", sealed[:len(sealed)-1], f)
	refused("nothing", nil, f)
	refused("a key of another size", sealed, protocol.SealedFile{Key: f.Key[:22], IV: f.IV})
	other, _, _, err := p.SealFile(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	refused("the same file of another message", other, f)
}

func TestFiles(t *testing.T) { eachCipher(t, testFiles) }

func testFiles(t *testing.T, adas, bens func() e2ee.Cipher) {
	i := newIssuer()
	ada, ben := newParty(t, i, "u_ada", "organizer", adas()), newParty(t, i, "u_ben", "participant", bens())
	for _, plain := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("hallway "), 40_000)} {
		sealed, key, iv, err := ada.SealFile(t.Context(), plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := openFile(ben, sealed, protocol.SealedFile{Key: key, IV: iv}); !ok || !bytes.Equal(got, plain) {
			t.Errorf("a file of %d bytes: %v, %d bytes", len(plain), ok, len(got))
		}
	}
}

// TestMalformedFiles checks that a content with malformed files counts as altered: the view shows only checked files.
func TestMalformedFiles(t *testing.T) {
	p := newParty(t, newIssuer(), "u_ada", "organizer", native.New(nil))
	made := turnOf(p, 1, client.TurnMade{}, false)
	good := protocol.SealedFile{
		File: protocol.File{ID: "0199a1c4-8000-7000-8000-2d1f0a3b4c5d", Name: "a.png", Type: "image/png", Size: 1},
		Key:  e2ee.Encode(make([]byte, 32)), IV: e2ee.Encode(make([]byte, 12)),
	}
	files := func(change func(f *protocol.SealedFile)) []protocol.SealedFile {
		f := good
		change(&f)
		return []protocol.SealedFile{f}
	}
	for name, c := range map[string]struct {
		files []protocol.SealedFile
		want  client.Opening
	}{
		"good":    {files(func(*protocol.SealedFile) {}), client.OpenedWell},
		"an id":   {files(func(f *protocol.SealedFile) { f.ID = "../../other/files/x" }), client.OpenedBad},
		"a name":  {files(func(f *protocol.SealedFile) { f.Name = "a/b" }), client.OpenedBad},
		"no name": {files(func(f *protocol.SealedFile) { f.Name = "" }), client.OpenedBad},
		"a size":  {files(func(f *protocol.SealedFile) { f.Size = -1 }), client.OpenedBad},
		"a key":   {files(func(f *protocol.SealedFile) { f.Key = f.IV }), client.OpenedBad},
		"an iv":   {files(func(f *protocol.SealedFile) { f.IV += "A" }), client.OpenedBad},
		"twice":   {[]protocol.SealedFile{good, good}, client.OpenedBad},
	} {
		place := client.Place{ID: "m", Sender: "u_ada"}
		sealed := do[client.ContentsSealed](p, client.Seal{Kid: made.Turn.Kid, Contents: []client.Content{{Place: place, Files: c.files}}}).Sealed[0]
		o := do[client.ContentsOpened](p, client.Open{Messages: []client.SealedContent{{Place: place, Sealed: sealed}}}).Opened[0]
		if o.State != c.want || c.want == client.OpenedBad && len(o.Files) > 0 {
			t.Errorf("%s: %+v", name, o)
		}
	}
}
