package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
	"hallway/store/word"
)

// checkIndex brings the index of words up to date, and checks that it has exactly the texts of the messages.
func checkIndex(t *testing.T, s *Store) {
	t.Helper()
	settle(t, s)
	var texts, same, indexed int
	if err := s.readers.QueryRow(`SELECT
		(SELECT count(*) FROM messages WHERE text <> ''),
		(SELECT count(*) FROM search)`).Scan(&texts, &indexed); err != nil {
		t.Fatal(err)
	}
	rows, err := s.readers.Query(`SELECT messages.text, search.text FROM messages JOIN search ON docid = (room << 32) + seq`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text, terms string
		if err := rows.Scan(&text, &terms); err != nil {
			t.Fatal(err)
		}
		if terms == word.Index(text) {
			same++
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if same != texts || indexed != texts {
		t.Errorf("of %d texts %d are in the index, which has %d", texts, same, indexed)
	}
	if _, err := s.writer.Exec(`INSERT INTO search (search) VALUES ('integrity-check')`); err != nil {
		t.Errorf("the index is damaged: %v", err)
	}
}

// searched returns the texts that a search finds.
func searched(t *testing.T, s *Store, room, words string) (texts []string) {
	t.Helper()
	page, err := s.Page(context.Background(), room, "", rules.Query{Kind: rules.QuerySearch, Words: words, Limit: protocol.PageMessagesMax})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range page.Messages {
		texts = append(texts, m.Text)
	}
	return texts
}

// TestCommitsAreIndexed checks that committed messages are found without further calls.
func TestCommitsAreIndexed(t *testing.T) {
	s := mustOpen(t, filepath.Join(t.TempDir(), "hallway.db"))
	finds := func(words string, want int) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); len(searched(t, s, "lobby", words)) != want; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%q is not found %d times in a minute", words, want)
			}
		}
	}
	ops := storetest.Sends("lobby", 0, 300)
	if _, err := s.Commit(now, ops); err != nil {
		t.Fatal(err)
	}
	finds("coffee", 300)
	edit := rules.Op{Room: "lobby", Sender: ada, Do: rules.Edit{ID: ops[0].ID(), Text: "Tea."}}
	remove := rules.Op{Room: "lobby", Sender: ada, Do: rules.Delete{ID: ops[1].ID()}}
	if _, err := s.Commit(now, []rules.Op{edit, remove}); err != nil {
		t.Fatal(err)
	}
	finds("tea", 1)
	finds("coffee", 298)
}

// TestIndexGoesOnAfterReopening checks that the next process continues an index that the last one has not completed, slice by slice.
func TestIndexGoesOnAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := idle(t, path)
	for room := range 20 {
		if _, err := s.Commit(now, storetest.Sends(fmt.Sprint("room-", room), 0, 30)); err != nil {
			t.Fatal(err)
		}
	}
	s = tendReopening(t, s, path, func(*Store) {})
	checkIndex(t, s)
	if got := searched(t, s, "room-19", "coffee"); len(got) != 30 {
		t.Errorf("%d are found", len(got))
	}
}

// tendReopening does all the upkeep, opens the store again after each third slice, and calls check after each slice. It
// returns the last store.
func tendReopening(t *testing.T, s *Store, path string, check func(*Store)) *Store {
	t.Helper()
	slices := 0
	for more := true; more; slices++ {
		pause, err := s.runSlice(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		more = pause > 0
		if slices%3 == 0 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = idle(t, path)
		}
		check(s)
	}
	t.Logf("%d slices", slices)
	return s
}

// idle opens the database and stops the background work.
func idle(t testing.TB, path string) *Store {
	t.Helper()
	s := mustOpen(t, path)
	stopped(s)
	return s
}

// stopped stops a store's background work.
func stopped(s *Store) {
	close(s.stop)
	s.running.Wait()
	s.stop = make(chan struct{})
}

// TestSlicesLeaveCommitsSynced checks that commits are synced while slices run.
func TestSlicesLeaveCommitsSynced(t *testing.T) {
	s := idle(t, filepath.Join(t.TempDir(), "hallway.db"))
	synced := func() {
		t.Helper()
		var level int
		if err := s.writer.QueryRow(`PRAGMA synchronous`).Scan(&level); err != nil || level != 2 {
			t.Errorf("synchronous is %d (%v), want 2", level, err)
		}
	}
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, 10)); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	if err := s.inSlice(context.Background(), func(*sql.Tx) error { return broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	synced()
	settle(t, s)
	synced()
}

// TestIndexThatFails checks that only searches report a failed slice, and that it is retried.
func TestIndexThatFails(t *testing.T) {
	ctx := context.Background()
	s := idle(t, filepath.Join(t.TempDir(), "hallway.db"))
	exec := func(query string) {
		t.Helper()
		if _, err := s.writer.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	exec(`CREATE TRIGGER broken BEFORE UPDATE OF indexed ON rooms BEGIN SELECT RAISE(FAIL, 'disk on fire'); END`)
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, 10)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.runSlice(ctx); err == nil {
		t.Fatal("the slice succeeds")
	}
	search := rules.Query{Kind: rules.QuerySearch, Words: "coffee", Limit: 1}
	if _, err := s.Page(ctx, "lobby", "", search); err == nil || !strings.Contains(err.Error(), "disk on fire") {
		t.Errorf("a search: %v", err)
	}
	if err := s.Ready(ctx); err != nil {
		t.Errorf("Ready: %v", err)
	}
	if got := head(t, s, "lobby"); got != 10 {
		t.Errorf("head %d", got)
	}
	exec(`DROP TRIGGER broken`)
	checkIndex(t, s)
	if got := searched(t, s, "lobby", "coffee"); len(got) != 10 {
		t.Errorf("%d are found", len(got))
	}
}

// TestDropLeavesNothing checks that a dropped room leaves no rows, even if the relay ends in between, and that a new
// room of the same name stays.
func TestDropLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := idle(t, path)
	const messages = 600
	ops := append(storetest.Sends("lobby", 0, messages), storetest.Sends("stage", 0, 3)...)
	for i := range messages {
		with(&ops[i], func(do *rules.Send) {
			do.Mentions = []protocol.Mention{{Len: 3, User: "u_2"}, {At: 4, Len: 5, All: true}}
		})
	}
	for n := range 200 {
		user := protocol.User{ID: fmt.Sprint("u_", n), Name: "Ada Lovelace", Role: protocol.RoleParticipant}
		ops = append(ops,
			rules.Op{Room: "lobby", Sender: user, Do: rules.Open{}},
			rules.Op{Room: "lobby", Sender: user, Do: rules.React{ID: ops[n/50].ID(), Emoji: "👍", On: true}})
	}
	if _, err := s.Commit(now, ops); err != nil {
		t.Fatal(err)
	}
	settle(t, s)
	drop := rules.Op{Room: "lobby", Sender: ada, Do: rules.Drop{}}
	ops = append([]rules.Op{drop, storetest.Sends("lobby", 0, 1)[0], drop}, storetest.Sends("lobby", 0, 5)...)
	if _, err := s.Commit(now, ops); err != nil {
		t.Fatal(err)
	}
	s = tendReopening(t, s, path, func(s *Store) {
		if got := head(t, s, "lobby"); got != 5 {
			t.Fatalf("head of the new room %d", got)
		}
	})
	for table, want := range map[string]int{"rooms": 2, "messages": 8, "reactions": 0, "mentions": 0, "members": 0, "member_terms": 0, "search": 8} {
		var rows int
		if err := s.readers.QueryRow(`SELECT count(*) FROM ` + table).Scan(&rows); err != nil || rows != want {
			t.Errorf("%s has %d rows (%v), want %d", table, rows, err, want)
		}
	}
	checkIndex(t, s)
}

// TestDropThatFails checks that a room that a failed commit would have dropped stays unchanged.
func TestDropThatFails(t *testing.T) {
	s := idle(t, filepath.Join(t.TempDir(), "hallway.db"))
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, 10)); err != nil {
		t.Fatal(err)
	}
	// Only COMMIT checks a deferred foreign key.
	if _, err := s.writer.Exec(`
		CREATE TABLE child (room INTEGER REFERENCES rooms (key) DEFERRABLE INITIALLY DEFERRED);
		CREATE TRIGGER broken AFTER UPDATE OF dropped ON rooms BEGIN INSERT INTO child VALUES (-1); END`); err != nil {
		t.Fatal(err)
	}
	drop := []rules.Op{{Room: "lobby", Sender: ada, Do: rules.Drop{}}}
	if _, err := s.Commit(now, drop); err == nil {
		t.Fatal("the commit succeeds")
	}
	checkIndex(t, s)
	if got := head(t, s, "lobby"); got != 10 {
		t.Errorf("head %d, want 10", got)
	}
	if got := searched(t, s, "lobby", "coffee"); len(got) != 10 {
		t.Errorf("%d are found", len(got))
	}
}
