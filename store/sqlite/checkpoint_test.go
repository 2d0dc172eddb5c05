package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"hallway/store/storetest"
)

// TestLogIsMovedBesideCommits checks that no commit moves the log, that a check does, and that the log's file is
// reused.
func TestLogIsMovedBesideCommits(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	close(s.stop) // the test makes the checks itself
	s.running.Wait()
	s.stop = make(chan struct{})
	state := func() (log, moved int) {
		t.Helper()
		log, moved, err := checkpoint(ctx, s.checkpoints.db, "NOOP")
		if err != nil {
			t.Fatal(err)
		}
		return log, moved
	}
	look := func() {
		t.Helper()
		if err := s.checkpoints.look(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if _, before := state(); before != 0 {
		t.Fatalf("%d frames are moved at first", before)
	}

	var size int64
	for round := range 3 {
		if _, err := s.Commit(now, storetest.Sends("lobby", round*30_000, 30_000)); err != nil {
			t.Fatal(err)
		}
		log, moved := state()
		if log < checkpointFrames || moved != 0 {
			t.Fatalf("%d of %d frames are moved by commits", moved, log)
		}
		look()
		if log, moved = state(); moved != log {
			t.Errorf("%d of %d frames are moved by a look", moved, log)
		}
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		if round == 0 {
			size = info.Size()
		} else if info.Size() > size*3/2 {
			t.Errorf("the log has grown from %d to %d bytes", size, info.Size())
		}
	}

	// A few frames wait for some checks.
	if _, err := s.Commit(now, storetest.Sends("lobby", 100_000, 1)); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= checkpointLooks; n++ {
		look()
		if log, moved := state(); (moved == log) != (n == checkpointLooks) {
			t.Errorf("after %d looks %d of %d frames are moved", n, moved, log)
		}
	}
}
