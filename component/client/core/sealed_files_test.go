package core

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hallway/component/client"
	"hallway/protocol"
)

// joinWithFiles joins a room that is encrypted under turn n, on a relay that takes files of 100 bytes.
func (s *sealedChat) joinWithFiles(n int64) {
	s.t.Helper()
	s.join(&protocol.Locked{Turn: turnOf(n, "d-mod"), Wrap: wrapOf(fmt.Sprint(n, ".k"))}, protocol.FeatureE2EE, protocol.FeatureFiles)
}

// canary marks text that only the room may read.
const canary = "canary"

// attach puts an encrypted file into the strip, as the shell does.
func (s *sealedChat) attach(id string, size int64) {
	s.step(client.AttachFile{File: client.Attachment{
		ID: id, Name: canary + ".png", Type: "image/png", Size: size, Width: 4, Height: 3, Key: canary + " key of " + id, IV: canary + " iv",
	}})
	s.step(client.DescribeFile{ID: id, Alt: canary + " alt"})
}

// uploads returns the uploads that were started since the last call.
func (s *sealedChat) uploads() (all []client.Upload) {
	for _, e := range s.other {
		if u, ok := e.(client.Upload); ok {
			all = append(all, u)
		}
	}
	s.other = nil
	return all
}

// uploaded ends an upload with success.
func (s *sealedChat) uploaded(u client.Upload, size int64) {
	s.step(client.UploadDone{Req: u.Req, File: protocol.File{ID: u.ID, Name: u.Name, Type: protocol.OctetStream, Size: size + protocol.FileTagBytes}})
}

// checkHidden fails if the canary is stored or written outside of a sealed form.
func (s *sealedChat) checkHidden() {
	s.t.Helper()
	for _, item := range s.saved {
		item.Sealed = nil
		if text := fmt.Sprintf("%+v", item); strings.Contains(text, canary) {
			s.t.Errorf("stored: %s", text)
		}
	}
	for _, f := range s.written {
		f.Encrypted = nil
		if data, _ := json.Marshal(f); strings.Contains(string(data), canary) {
			s.t.Errorf("written: %s", data)
		}
	}
}

func TestFilesOfAnEncryptedMessage(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.joinWithFiles(1)
	s.attach("f1", 84)
	begun := s.uploads()
	if len(begun) != 1 || begun[0].Name != client.SealedName {
		t.Fatalf("began %+v", begun)
	}
	s.step(client.SendText{ID: "m1", Files: []string{"f1"}})
	if n := len(s.take("send")); n != 0 {
		t.Fatalf("%d messages are sent before their files", n)
	}
	s.uploaded(begun[0], 84)
	s.checkHidden()
	sent := s.take("send")
	if len(sent) != 1 || len(sent[0].Files) != 1 || string(sent[0].Files[0]) != `"f1"` || sent[0].Encrypted == nil || sent[0].Text != "" {
		t.Fatalf("wrote %+v", sent)
	}
	relays := []protocol.File{{ID: "f1", Name: "lie.html", Type: "text/html", Size: 1}}
	s.messageWithFiles("m1", "ada", sent[0].Encrypted, relays)
	own := protocol.File{ID: "f1", Name: canary + ".png", Type: "image/png", Size: 84, Width: 4, Height: 3, Alt: canary + " alt"}
	if m := s.c.Snapshot().Messages[0]; len(m.Files) != 1 || m.Files[0] != own || !m.AutoText || m.Text != own.Name {
		t.Errorf("shows %+v", m)
	}
	// The view does not know the key. The core adds it to the request to the shell.
	s.step(client.LoadFile{ID: "f1", Size: 320})
	if e, ok := s.other[len(s.other)-1].(client.FetchFile); !ok || e.Sealed == nil || e.Sealed.Key != canary+" key of f1" || e.Sealed.File != own {
		t.Errorf("asks for %+v", e)
	}
	// A message that comes again is not opened again, and shows the same.
	s.messageWithFiles("m1", "ada", sent[0].Encrypted, relays)
	if m := s.c.Snapshot().Messages[0]; len(m.Files) != 1 || m.Files[0] != own || m.Rev != 2 {
		t.Errorf("later shows %+v", m)
	}
	// An edit contains the whole description of the file, with the key.
	s.step(client.EditText{ID: "m1", Text: "changed"})
	if edits := s.take("edit"); len(edits) != 1 || !strings.Contains(edits[0].Encrypted.CT, canary+" key of f1") {
		t.Errorf("an edit: %+v", edits)
	}
}

// messageWithFiles delivers a message with the relay's description of its files.
func (s *sealedChat) messageWithFiles(id, sender string, sealed *protocol.Encrypted, files []protocol.File) {
	s.seq++
	s.relay(protocol.Changed{Message: protocol.Message{
		Room: "lobby", ID: id, Seq: 1, Rev: s.seq, CreatedAt: 1, Encrypted: sealed, Files: files,
		Sender: protocol.User{ID: sender, Name: "Relay says " + sender},
	}})
}

// TestFilesKeepTheirKeys checks that a message that is sealed again keeps its files and their keys, and that no file is uploaded
// again.
func TestFilesKeepTheirKeys(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.joinWithFiles(1)
	s.attach("f1", 1)
	s.uploaded(s.uploads()[0], 1)
	s.step(client.SendText{ID: "m1", Text: "text", Files: []string{"f1"}})
	first := s.take("send")
	s.lose()
	s.joinWithFiles(2)
	s.take("send")
	s.stale("m1")
	s.wait(5e9)
	anew := s.take("send")
	if len(anew) != 1 || anew[0].Encrypted.Kid != "2.k" || anew[0].Encrypted.CT != first[0].Encrypted.CT || string(anew[0].Files[0]) != `"f1"` {
		t.Errorf("wrote %+v, then %+v", first, anew)
	}
	if again := s.uploads(); len(again) > 0 {
		t.Errorf("uploaded again: %+v", again)
	}
	s.checkHidden()
}

// TestFilesOutliveAReload checks that the names and keys of a stored message's files come from its sealed form after a reload.
func TestFilesOutliveAReload(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.joinWithFiles(1)
	s.attach("f1", 7)
	s.step(client.SendText{ID: "m1", Text: "text", Files: []string{"f1"}})
	s.checkHidden()
	stored := s.saved[len(s.saved)-1]
	if stored.Sealed == nil || len(stored.Files) != 1 {
		t.Fatalf("stored %+v", stored)
	}
	s.reload()
	s.step(client.OutboxLoaded{User: "ada", Items: []client.Item{stored}})
	s.uploads()
	s.joinWithFiles(1)
	o := s.c.Snapshot().Outbox
	if len(o) != 1 || o[0].Text != "text" || len(o[0].Files) != 1 || o[0].Files[0].Name != canary+".png" || o[0].Files[0].Key != canary+" key of f1" {
		t.Errorf("shows %+v", o)
	}
	begun := s.uploads()
	if len(begun) != 1 || begun[0].Item != "m1" || begun[0].Name != client.SealedName {
		t.Fatalf("began %+v", begun)
	}
	s.uploaded(begun[0], 7)
	if sent := s.take("send"); len(sent) != 1 || *sent[0].Encrypted != *stored.Sealed {
		t.Errorf("wrote %+v", sent)
	}
	s.checkHidden()
}

// TestAFileTakenOutOfASealedMessage checks that the message is sealed again without the file.
func TestAFileTakenOutOfASealedMessage(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.joinWithFiles(1)
	s.attach("f1", 7)
	s.attach("f2", 7)
	begun := s.uploads()
	s.step(client.SendText{ID: "m1", Text: "text", Files: []string{"f1", "f2"}})
	s.step(client.UploadRefused{Req: begun[0].Req, Status: 403, Code: protocol.CodeForbidden, Why: protocol.WhyQuota, Reason: "full"})
	s.uploaded(begun[1], 7)
	s.step(client.DetachFile{ID: "f1"})
	sent := s.take("send")
	if len(sent) != 1 || len(sent[0].Files) != 1 || string(sent[0].Files[0]) != `"f2"` || strings.Contains(sent[0].Encrypted.CT, "key of f1") || !strings.Contains(sent[0].Encrypted.CT, "key of f2") {
		t.Errorf("wrote %+v", sent)
	}
}

// TestNoPlainFileIsSent checks that an encrypted chat sends no file without a key, and no file to an unencrypted room.
func TestNoPlainFileIsSent(t *testing.T) {
	plain := client.Attachment{ID: "f1", Name: canary + ".png", Size: 1}
	t.Run("attached", func(t *testing.T) {
		s := newSealedChat(t, "ada", protocol.RoleParticipant)
		s.joinWithFiles(1)
		s.step(client.AttachFile{File: plain})
		s.step(client.RetryFile{ID: "f1"})
		if f := s.c.Snapshot().Strip[0]; f.State != client.UploadFailed || f.Code != client.CodeFileLost || len(s.uploads()) > 0 {
			t.Errorf("attached: %+v", f)
		}
	})
	t.Run("stored", func(t *testing.T) {
		s := newSealedChat(t, "ada", protocol.RoleParticipant)
		plain.State = client.UploadWaiting
		s.step(client.OutboxLoaded{User: "ada", Items: []client.Item{{ID: "m1", Text: "text", Files: []client.Attachment{plain}, Order: 1}}})
		s.joinWithFiles(1)
		s.step(client.Retry{ID: "m1"})
		s.send("m2", "behind it")
		if o := s.c.Snapshot().Outbox[0]; o.State != client.ItemFailed || o.Why != protocol.WhyEncrypted || len(s.uploads()) > 0 {
			t.Errorf("stored: %+v", o)
		}
		if sent := s.take("send"); len(sent) != 1 || sent[0].ID != "m2" {
			t.Errorf("wrote %+v", sent)
		}
	})
	t.Run("in a plain room", func(t *testing.T) {
		s := newSealedChat(t, "ada", protocol.RoleParticipant)
		s.join(nil, protocol.FeatureFiles)
		s.attach("f1", 1)
		s.step(client.SendText{ID: "m1", Text: "text", Files: []string{"f1"}})
		if n := len(s.uploads()); n > 0 || len(s.take("send")) > 0 {
			t.Errorf("%d uploads", n)
		}
	})
}

func TestAChatThatDoesNotEncryptTakesNoFiles(t *testing.T) {
	c := New(client.Config{Room: "lobby", Client: "test/1", Rand: func() float64 { return 0.5 }})
	gen := 0
	for _, e := range c.Step(scriptStart, client.Started{Token: testToken("ada")}) {
		if d, ok := e.(client.Dial); ok {
			gen = d.Gen
		}
	}
	for _, ev := range []client.Event{
		client.Opened{Gen: gen},
		client.Received{Gen: gen, Data: protocol.Welcome{
			User: protocol.User{ID: "ada"}, Features: []string{protocol.FeatureFiles}, HeartbeatMs: 10000, TimeoutMs: 5000,
			Limits: protocol.Limits{TextBytes: 4000, FrameBytes: 65536, FileBytes: 100, MessageFiles: 3},
		}.Append(nil)},
		client.Received{Gen: gen, Data: protocol.Joined{Room: "lobby", Epoch: "e1", Role: protocol.RoleParticipant, E2EE: &protocol.Locked{}}.Append(nil)},
		client.AttachFile{File: client.Attachment{ID: "f1", Name: "a.png", Size: 1}},
	} {
		for _, e := range c.Step(scriptStart, ev) {
			if u, ok := e.(client.Upload); ok {
				t.Errorf("uploads %+v", u)
			}
		}
	}
	if len(c.Snapshot().Strip) > 0 || c.Snapshot().KnowsFiles {
		t.Errorf("takes files: %+v", c.Snapshot().Strip)
	}
}

// TestSizesOfSealedFiles checks the limits: encryption makes a file larger, and the names and keys of files count towards the size
// of their message.
func TestSizesOfSealedFiles(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.joinWithFiles(1)
	if most := s.c.Snapshot().FileBytesMax; most != 84 {
		t.Errorf("a file may have %d bytes, want 84", most)
	}
	s.attach("f1", 85)
	s.attach("f2", 84)
	strip := s.c.Snapshot().Strip
	if strip[0].Code != protocol.CodeTooLarge || strip[1].State == client.UploadFailed {
		t.Errorf("attached: %+v", strip)
	}
	s.step(client.DescribeFile{ID: "f2", Alt: strings.Repeat("y", protocol.AltBytesMax)})
	s.step(client.SendText{ID: "m1", Text: strings.Repeat("x", 8192), Files: []string{"f2"}})
	if !slices.ContainsFunc(s.other, func(e client.Effect) bool {
		r, ok := e.(client.Refused)
		return ok && r.ID == "m1" && r.Code == protocol.CodeTooLarge
	}) || len(s.c.Snapshot().Strip) != 2 {
		t.Errorf("a message that is too long with its files: %+v", s.other)
	}
	s.send("m2", strings.Repeat("x", 8192))
	if len(s.take("send")) != 1 {
		t.Error("the longest text is not sent")
	}
}

// TestFilesOfAnotherTab checks that the text and the files of another tab's item are taken together.
func TestFilesOfAnotherTab(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.joinWithFiles(1)
	s.mute = true // the item is not opened here
	stored := sealedBy("d-own", "1.k", 0, "text")
	file := client.Attachment{ID: "f1", Size: 7, State: client.UploadWaiting}
	item := client.Item{ID: "m1", Sealed: &stored, Files: []client.Attachment{file}, Order: 1}
	s.step(client.PeerSaid{Note: client.Note{Kind: client.NoteHand, Item: item, Uploads: true}})
	if o := s.c.Snapshot().Outbox[0]; o.Text != "" || o.Files[0].Name != "" {
		t.Fatalf("shows %+v", o)
	}
	file.Name, file.Key, file.IV = canary+".png", "key", "iv"
	item.Text, item.Files = "text", []client.Attachment{file}
	s.step(client.PeerSaid{Note: client.Note{Kind: client.NoteHand, Item: item, Uploads: true}})
	if o := s.c.Snapshot().Outbox[0]; o.Text != "text" || o.Files[0] != file {
		t.Errorf("shows %+v", o)
	}
	// The known names and keys stay when the files come without them.
	item.Text, item.Files = "", []client.Attachment{{ID: "f1", Size: 7, State: client.UploadReady}}
	s.step(client.PeerSaid{Note: client.Note{Kind: client.NoteHand, Item: item}})
	file.State = client.UploadReady
	if o := s.c.Snapshot().Outbox[0]; o.Text != "text" || o.Files[0] != file {
		t.Errorf("then shows %+v", o)
	}
}
