package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
)

// failing commits 10 messages, breaks the database, checks that Commit fails with code and leaves no trace, repairs the
// database, and checks that commits succeed again.
func failing(t *testing.T, code sqlite3.ErrNo, breakIt, mendIt string) {
	t.Helper()
	s := mustOpen(t, filepath.Join(t.TempDir(), "hallway.db"))
	exec := func(query string) {
		t.Helper()
		if _, err := s.writer.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, 10)); err != nil {
		t.Fatal(err)
	}
	exec(breakIt)
	batch := append(storetest.Sends("new room", 1000, 1), storetest.Sends("lobby", 1000, 600)...)
	for range 2 {
		_, err := s.Commit(now, batch)
		var e sqlite3.Error
		if !errors.As(err, &e) || e.Code != code {
			t.Fatalf("Commit: %v, want code %d", err, code)
		}
		if got := head(t, s, "lobby"); got != 10 {
			t.Errorf("head %d after a failed commit, want 10", got)
		}
	}
	exec(mendIt)
	outcomes, err := s.Commit(now, batch)
	if err != nil {
		t.Fatalf("Commit once it is mended: %v", err)
	}
	if out := changeOf(outcomes[600]); !out.New || out.Message.Seq != 610 {
		t.Errorf("the last outcome is %+v", out)
	}
	if lobby, other := head(t, s, "lobby"), head(t, s, "new room"); lobby != 610 || other != 1 {
		t.Errorf("heads %d and %d, want 610 and 1", lobby, other)
	}
	if err := s.Ready(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestCommitFailsInTheMiddle(t *testing.T) {
	for _, how := range []string{"FAIL", "ABORT", "ROLLBACK"} {
		t.Run(how, func(t *testing.T) {
			failing(t, sqlite3.ErrConstraint,
				`CREATE TRIGGER broken BEFORE INSERT ON messages WHEN NEW.seq = 300 BEGIN SELECT RAISE(`+how+`, 'broken'); END`,
				`DROP TRIGGER broken`)
		})
	}
}

func TestCommitOnAFullDisk(t *testing.T) {
	failing(t, sqlite3.ErrFull, `PRAGMA max_page_count = 1`, `PRAGMA max_page_count = 1000000`)
}

func TestCommitFailsAtItsEnd(t *testing.T) {
	// Only COMMIT checks a deferred foreign key.
	failing(t, sqlite3.ErrConstraint,
		`CREATE TABLE child (room INTEGER REFERENCES rooms (key) DEFERRABLE INITIALLY DEFERRED);
		 CREATE TRIGGER broken AFTER INSERT ON messages BEGIN INSERT INTO child VALUES (-1); END`,
		`DROP TRIGGER broken`)
}

func TestReadyReportsAReadOnlyDatabase(t *testing.T) {
	s := mustOpen(t, filepath.Join(t.TempDir(), "hallway.db"))
	for _, query := range []string{`PRAGMA query_only = on`, `PRAGMA query_only = off`} {
		if _, err := s.writer.Exec(query); err != nil {
			t.Fatal(err)
		}
		err := s.Ready(context.Background())
		var e sqlite3.Error
		if strings.HasSuffix(query, "on") != (errors.As(err, &e) && e.Code == sqlite3.ErrReadonly) {
			t.Errorf("after %q: %v", query, err)
		}
	}
}

// TestReadyWaitsForTheWriter checks that Ready waits for the writer no longer than its context.
func TestReadyWaitsForTheWriter(t *testing.T) {
	s := mustOpen(t, filepath.Join(t.TempDir(), "hallway.db"))
	tx, err := s.writer.Begin()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := s.Ready(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("beside a commit: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(context.Background()); err != nil {
		t.Errorf("after it: %v", err)
	}
}

// TestCloseBesideCommits checks that Close lets a commit under way finish.
func TestCloseBesideCommits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	stored := make(chan int64)
	going := make(chan struct{})
	go func() {
		var head int64
		for {
			outcomes, err := s.Commit(now, storetest.Sends("lobby", int(head), 20))
			if err != nil {
				stored <- head
				return
			}
			head = outcomes[19].Head
			if head == 100 {
				close(going)
			}
		}
	}()
	<-going
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want := <-stored
	if got := head(t, mustOpen(t, path), "lobby"); got != want {
		t.Errorf("head %d, want %d", got, want)
	}
}

// TestCloseEmptiesTheLog checks that Close empties the write-ahead log even while a reader has the database open, which
// prevents SQLite's own emptying.
func TestCloseEmptiesTheLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, 10)); err != nil {
		t.Fatal(err)
	}
	reader, err := s.readers.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	log, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if log.Size() != 0 {
		t.Errorf("the log has %d bytes", log.Size())
	}
}

// TestResendIsComparedWithTheOriginal checks that a resend is compared with the original content, whatever changed
// later.
func TestResendIsComparedWithTheOriginal(t *testing.T) {
	s := mustOpen(t, filepath.Join(t.TempDir(), "hallway.db"))
	ops := storetest.Sends("lobby", 0, 1)
	if _, err := s.Commit(now, ops); err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer.Exec(`UPDATE messages SET text = 'edited'`); err != nil {
		t.Fatal(err)
	}
	changed := storetest.Sends("lobby", 0, 1)
	say(&changed[0], "edited")
	outcomes, err := s.Commit(now, []rules.Op{ops[0], changed[0]})
	if err != nil {
		t.Fatal(err)
	}
	if out := outcomes[0]; out.Code != "" || changeOf(out).New || changeOf(out).Message.Text != "edited" {
		t.Errorf("the original resent: %+v", out)
	}
	if out := outcomes[1]; out.Code != protocol.CodeConflict {
		t.Errorf("the edited text sent: %+v", out)
	}
}

// TestMoreRoomsThanAreKept checks that rooms beyond the writer's memory are read correctly.
func TestMoreRoomsThanAreKept(t *testing.T) {
	s := mustOpen(t, filepath.Join(t.TempDir(), "hallway.db"))
	const rooms = roomsKeptMax + 10
	for n := range 2 {
		var ops []rules.Op
		for i := range rooms {
			ops = append(ops, storetest.Sends(fmt.Sprint("room-", i), n, 1)...)
		}
		for _, part := range [][]rules.Op{ops[:rooms/2], ops[rooms/2:]} {
			outcomes, err := s.Commit(now, part)
			if err != nil {
				t.Fatal(err)
			}
			for i, out := range outcomes {
				if out.Head != int64(n+1) || !changeOf(out).New {
					t.Fatalf("send %d to %s: %+v", n, part[i].Room, out)
				}
			}
		}
		if kept := len(s.rooms); kept == 0 || kept > roomsKeptMax {
			t.Errorf("%d rooms are kept", kept)
		}
	}
}
