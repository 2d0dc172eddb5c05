package sqlite

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/mattn/go-sqlite3"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
)

// limitFiles prevents this process from growing files beyond bytes: SQLite sees a failed write, as on a broken or full
// disk. No other test of the package may run meanwhile.
func limitFiles(t *testing.T, bytes uint64) (lift func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	set := func(cur uint64) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: cur, Max: before.Max}); err != nil {
			t.Error(err)
		}
	}
	lift = func() { set(before.Cur) }
	t.Cleanup(lift)
	set(bytes)
	return lift
}

// TestCommitOnADiskThatTakesNoMore checks that a full disk refuses commits and still serves reads; with space again,
// commits succeed.
func TestCommitOnADiskThatTakesNoMore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := idle(t, path) // nothing moves the log, which would then have room
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, 10)); err != nil {
		t.Fatal(err)
	}
	log, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	lift := limitFiles(t, uint64(log.Size()))
	batch := append(storetest.Sends("new room", 1000, 1), storetest.Sends("lobby", 1000, 600)...)
	for range 3 {
		_, err := s.Commit(now, batch)
		var e sqlite3.Error
		if !errors.As(err, &e) || e.Code != sqlite3.ErrIoErr {
			t.Fatalf("Commit: %v, want an I/O error", err)
		}
		if err := s.Ready(context.Background()); err == nil {
			t.Error("Ready while nothing can be written")
		}
		if got := head(t, s, "lobby"); got != 10 {
			t.Errorf("head %d after a failed commit, want 10", got)
		}
	}
	lift()
	if err := s.Ready(context.Background()); err != nil {
		t.Errorf("Ready with room again: %v", err)
	}
	outcomes, err := s.Commit(now, batch)
	if err != nil {
		t.Fatalf("Commit with room again: %v", err)
	}
	if out := changeOf(outcomes[600]); !out.New || out.Message.Seq != 610 {
		t.Errorf("the last outcome is %+v", out)
	}
	if got := head(t, s, "lobby"); got != 610 {
		t.Errorf("head %d, want 610", got)
	}
}

// TestLogThatCannotBeMoved checks that Ready reports a log that cannot be moved into the database, although commits may
// still fit into it; they are not lost.
func TestLogThatCannotBeMoved(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := idle(t, path) // the looks at the log are the test's own
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, 5000)); err != nil {
		t.Fatal(err)
	}
	look := func() error {
		s.checkpoints.looks = checkpointLooks
		err := s.checkpoints.look(ctx)
		s.unmoved.Store(&err)
		return err
	}
	database, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	lift := limitFiles(t, uint64(database.Size()))
	var e sqlite3.Error
	if err := look(); !errors.As(err, &e) {
		t.Fatalf("moving the log: %v, want SQLite's error", err)
	}
	if page, err := s.Page(ctx, "lobby", "", rules.Query{Limit: protocol.PageMessagesMax}); err != nil || page.Head != 5000 {
		t.Errorf("head %d, %v", page.Head, err)
	}
	lift()
	if err := s.Ready(ctx); err == nil {
		t.Error("Ready though the log cannot be moved")
	}
	if err := look(); err != nil {
		t.Errorf("moving the log with room again: %v", err)
	}
	if err := s.Ready(ctx); err != nil {
		t.Errorf("Ready with room again: %v", err)
	}
	if got := head(t, s, "lobby"); got != 5000 {
		t.Errorf("head %d, want 5000", got)
	}
}
