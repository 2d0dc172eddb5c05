package postgres

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/test/servers"
)

// fileID returns the id of the n-th file, and of the n-th message.
func fileID(n int) string { return fmt.Sprintf("0199a1c4-7f3e-7c21-9f6a-%012x", n) }

// uploadOf uploads the n-th file, and sendOf sends the n-th message with it.
func uploadOf(n int) rules.Op {
	f := rules.File{File: protocol.File{ID: fileID(n), Name: "a", Type: "text/plain", Size: 10}, Blob: "blob-" + fileID(n)}
	return rules.Op{Room: "lobby", Sender: ada, Do: rules.Upload{File: f}}
}

func sendOf(n int) rules.Op {
	return rules.Op{Room: "lobby", Sender: ada, Do: rules.Send{Send: protocol.Send{Room: "lobby", ID: fileID(n), Files: []protocol.Attachment{{ID: fileID(n)}}}}}
}

func mustCommit(t *testing.T, s *Store, at time.Time, ops ...rules.Op) []rules.Outcome {
	t.Helper()
	outcomes, err := s.Commit(at, ops)
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

func mustCheck(t *testing.T, url string) (found []string) {
	t.Helper()
	if err := Check(t.Context(), url, func(line string) { found = append(found, line) }, nil); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestFilesOfOldMessages checks that a file is deleted with a message that is too old, not before.
func TestFilesOfOldMessages(t *testing.T) {
	url := servers.PostgreSQL(t)
	s := mustOpen(t, Options{URL: url, CallersClock: true, idle: true})
	mustCommit(t, s, now, uploadOf(1), sendOf(1), uploadOf(2))
	mustCommit(t, s, now.Add(2*time.Hour), sendOf(2), uploadOf(3))
	s.Retain(rules.Retention{Default: time.Hour, Now: func() time.Time { return now.Add(150 * time.Minute) }})
	if err := s.purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	doomed, err := s.Doomed(t.Context(), 10)
	if err != nil || !slices.Equal(doomed, []string{"blob-" + fileID(1)}) {
		t.Errorf("doomed: %v, %v", doomed, err)
	}
	if found := mustCheck(t, url); len(found) > 0 {
		t.Errorf("found: %v", found)
	}
}

// TestUnusedFilesAreNotThoseOfAMessage drops unused files through one relay while another one sends them. An accepted
// message has its file.
func TestUnusedFilesAreNotThoseOfAMessage(t *testing.T) {
	url := servers.PostgreSQL(t)
	s, other := mustOpen(t, Options{URL: url, idle: true}), mustOpen(t, Options{URL: url, idle: true})
	const n = 100
	for i := range n {
		mustCommit(t, s, now, uploadOf(i))
	}
	sent := make(map[int]bool)
	for i := range n { // each time the oldest one, so that both want it
		var work sync.WaitGroup
		work.Go(func() { sent[i] = mustCommit(t, s, now, sendOf(i))[0].Code == "" })
		if _, err := other.DropUnused(t.Context(), time.Now().Add(time.Hour), 1); err != nil {
			t.Error(err)
		}
		work.Wait()
	}
	if _, err := other.DropUnused(t.Context(), time.Now().Add(time.Hour), n); err != nil {
		t.Error(err)
	}
	taken := 0
	for i, ok := range sent {
		if ok {
			taken++
		}
		if _, there, err := s.File(t.Context(), "lobby", fileID(i)); err != nil || there != ok {
			t.Errorf("file %d: sent %t, there %t, %v", i, ok, there, err)
		}
	}
	t.Logf("of %d files %d were sent", n, taken)
	stats, err := s.FileStats(t.Context())
	if err != nil || stats.Files != int64(taken) || stats.Doomed != int64(n-taken) || stats.Bytes != 10*stats.Files {
		t.Errorf("%+v, %v; %d were sent", stats, err, taken)
	}
	if found := mustCheck(t, url); len(found) > 0 {
		t.Errorf("found: %v", found)
	}
}

// TestCheckFindsFiles checks that rows without their message, messages without their rows, and wrong totals are found.
func TestCheckFindsFiles(t *testing.T) {
	url := servers.PostgreSQL(t)
	s := mustOpen(t, Options{URL: url, idle: true})
	mustCommit(t, s, now, uploadOf(1), sendOf(1), uploadOf(2), sendOf(2))
	for _, step := range []string{
		`UPDATE files SET seq = 77 WHERE id = '` + fileID(1) + `'`,
		`UPDATE file_bytes SET bytes = 7 WHERE kind = 'u'`,
		`INSERT INTO files SELECT 99, 'x', owner, name, type, size, width, height, 'other', thumb, sum, uploaded_at, 0 FROM files WHERE id = '` + fileID(1) + `'`,
	} {
		if _, err := s.readers.Exec(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
	found := strings.Join(mustCheck(t, url), "\n")
	for _, want := range []string{
		`message 1 of room "lobby" has other files than it says`, `message 77 of room "lobby" has other files than it says`,
		`the files of user "u_1" take 30 bytes, and 17 are counted`, "1 rows of files belong to room 99",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("found: %s\nwant %s", found, want)
		}
	}
}

// TestErasedUsersUseNoQuota checks that the files of an erased user count for the pseudonym.
func TestErasedUsersUseNoQuota(t *testing.T) {
	url := servers.PostgreSQL(t)
	s := mustOpen(t, Options{URL: url, idle: true})
	mustCommit(t, s, now, uploadOf(1), sendOf(1), uploadOf(2), rules.Op{Do: rules.Forget{User: ada.ID, Pseudonym: "erased-1"}})
	if found := mustCheck(t, url); len(found) > 0 {
		t.Errorf("found: %v", found)
	}
	if f, ok, err := s.File(t.Context(), "lobby", fileID(1)); err != nil || !ok || f.Owner != "erased-1" {
		t.Errorf("%+v, %t, %v", f, ok, err)
	}
}

// TestQuotasHoldAcrossRelays checks that of two concurrent uploads through two relays, in two rooms, one is accepted if
// only one fits.
func TestQuotasHoldAcrossRelays(t *testing.T) {
	url := servers.PostgreSQL(t)
	stores := []*Store{mustOpen(t, Options{URL: url, idle: true}), mustOpen(t, Options{URL: url, idle: true})}
	const rounds = 50
	for n := range rounds {
		taken := make([]bool, len(stores))
		var work sync.WaitGroup
		for i, s := range stores {
			work.Go(func() {
				op := uploadOf(2*n + i)
				op.Room = fmt.Sprint("room-", i)
				do := op.Do.(rules.Upload)
				do.Limits.All = int64(10*n) + 10
				op.Do = do
				taken[i] = mustCommit(t, s, now, op)[0].Code == ""
			})
		}
		work.Wait()
		if taken[0] == taken[1] {
			t.Errorf("round %d: taken: %v", n, taken)
		}
	}
}
