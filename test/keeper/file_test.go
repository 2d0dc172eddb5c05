package keeper

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/protocol"
	"hallway/test/relaytest"
)

// load requests the bytes of a file, and returns the client's answer.
func (p *person) load(file string) client.FileLoaded {
	p.t.Helper()
	p.Do(client.LoadFile{ID: file})
	select {
	case f := <-p.files:
		return f
	case <-time.After(patience):
		p.t.Fatalf("%s waits for file %s", p.user, file)
		return client.FileLoaded{}
	}
}

// bytesOf returns the bytes of a URL that holds them.
func bytesOf(t *testing.T, url string) []byte {
	t.Helper()
	_, data, _ := strings.Cut(url, ";base64,")
	b, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatalf("%q: %v", url, err)
	}
	return b
}

// TestFilesBetweenPeople checks that a native client can send an encrypted file over a real relay to another client, and that the relay's
// folder has neither its name nor its bytes. After a byte is altered there, the client refuses the file.
func TestFilesBetweenPeople(t *testing.T) {
	relay, h := relaytest.Start(t), newHost(t)
	encrypt(t, relay, board)
	ada := enter(t, relay, h, board, "u_ada", "moderator")
	ada.untilReady()
	ben := enter(t, relay, h, board, "u_ben", "participant")
	ben.untilReady()

	content := bytes.Repeat([]byte("canary "), 30_000)
	if err := ada.Attach(client.Attachment{Name: "canary.pdf", Type: "application/pdf", Size: int64(len(content))}, content); err != nil {
		t.Fatal(err)
	}
	ada.until("the file in the strip", func(s client.Snapshot) bool {
		return len(s.Strip) == 1 && s.Strip[0].State == client.UploadReady
	})
	id := ada.Snapshot().Strip[0].ID
	if _, err := ada.Reply("", "", nil, id); err != nil {
		t.Fatal(err)
	}
	want := protocol.File{ID: id, Name: "canary.pdf", Type: "application/pdf", Size: int64(len(content))}
	for _, p := range []*person{ada, ben} {
		p.until("the message with its file", func(s client.Snapshot) bool {
			return len(s.Messages) == 1 && len(s.Messages[0].Files) == 1 && s.Messages[0].Files[0] == want && len(s.Marks) == 0
		})
	}
	if got := ben.load(id); !bytes.Equal(bytesOf(t, got.URL), content) {
		t.Error("the file is another")
	}

	kept, blob := 0, ""
	err := filepath.WalkDir(filepath.Dir(relay.Database), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(path, relay.Database) {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte("canary")) {
			t.Errorf("%s has the canary", path)
		}
		if kept++; len(b) == len(content)+protocol.FileTagBytes {
			blob = path
		}
		return err
	})
	if err != nil || kept < 2 || blob == "" {
		t.Fatalf("read %d files of the relay, the upload at %q, %v", kept, blob, err)
	}
	b, err := os.ReadFile(blob)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(blob, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ben.load(id); got.URL != "" || !got.Altered {
		t.Errorf("an altered file: %+v", got)
	}
}
