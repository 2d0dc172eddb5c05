package sqlite

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hallway/store/storetest"
)

// TestOpenRefusesDamage checks that Open refuses a damaged file, with one line.
func TestOpenRefusesDamage(t *testing.T) {
	const page = 4096
	whole := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, whole)
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, 5000)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	flip := func(from, to int) func([]byte) []byte {
		return func(b []byte) []byte {
			for i := from; i < to; i++ {
				b[i] ^= 0x5a
			}
			return b
		}
	}
	pages := len(content) / page
	for name, c := range map[string]struct {
		damage func([]byte) []byte
		want   string
	}{
		"the header":           {flip(0, 16), "file is not a database"},
		"the schema":           {flip(100, 140), "it is damaged, restore a backup ("},
		"a page's head":        {flip(pages/2*page, pages/2*page+8), "it is damaged, restore a backup ("},
		"a page's cells":       {flip(pages/3*page+8, pages/3*page+100), "it is damaged, restore a backup ("},
		"the last page":        {flip((pages-1)*page, pages*page), "it is damaged, restore a backup ("},
		"the end is cut":       {func(b []byte) []byte { return b[:pages/2*page] }, "it is damaged, restore a backup ("},
		"nothing is but zeros": {func(b []byte) []byte { clear(b[page:]); return b }, "it is damaged, restore a backup ("},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "hallway.db")
			if err := os.WriteFile(path, c.damage(bytes.Clone(content)), 0o600); err != nil {
				t.Fatal(err)
			}
			wantRefused(t, path, c.want)
		})
	}
}

func wantRefused(t *testing.T, path, want string) {
	t.Helper()
	s, err := Open(context.Background(), Options{Path: path})
	if err == nil {
		_ = s.Close()
		t.Fatal("Open succeeds")
	}
	t.Log(err)
	if text := err.Error(); !strings.Contains(text, want) || strings.Contains(text, "\n") {
		t.Errorf("the error is %q, want one line with %q", text, want)
	}
}

// TestOpenRefusesAHeadThatIsNotItsMessages checks that Open refuses intact pages that do not belong together.
func TestOpenRefusesAHeadThatIsNotItsMessages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	if _, err := s.Commit(now, append(storetest.Sends("lobby", 0, 10), storetest.Sends("stage", 0, 10)...)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer.Exec(`DELETE FROM messages WHERE seq = 10 AND room = (SELECT key FROM rooms WHERE name = 'stage')`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, path, `it is damaged, restore a backup (the head of room "stage" is 10, its last change has rev 9)`)
}

// TestUncleanEnd checks that a database of any size is completely checked if it was not closed.
func TestUncleanEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	if !wasNotClosed(path) {
		t.Error("open, and yet ended cleanly")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if wasNotClosed(path) {
		t.Error("closed, and yet ended uncleanly")
	}
}

// TestOpenRefusesARevTakenTwice checks that a rev is unique: among the changed messages by an index, and against the
// others by a check.
func TestOpenRefusesARevTakenTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, 10)); err != nil {
		t.Fatal(err)
	}
	for _, seq := range []int{3, 4} {
		_, err := s.writer.Exec(`UPDATE messages SET rev = 7 WHERE seq = ?`, seq)
		if (err == nil) != (seq == 3) {
			t.Errorf("message %d changed with rev 7: %v", seq, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, path, `it is damaged, restore a backup (two messages of room "lobby" have rev 7)`)
}
