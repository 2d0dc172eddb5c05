package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/mattn/go-sqlite3"
)

// The store moves the write-ahead log into the database beside the commits. It switches SQLite's automatic move off,
// which happens inside a commit and makes it take many times as long.
const (
	// checkpointEvery is the time between two checks of the log.
	checkpointEvery = time.Second
	// From checkpointFrames on, the log is moved at the next check; fewer frames (of a page, 4 KiB, each) after
	// checkpointLooks checks. That is rare enough for a light load: the first commit to a restarted log is synced
	// twice.
	checkpointFrames = 1000
	checkpointLooks  = 10
	// logFramesMax bounds the log, 64 MiB, unless a reader needs it for longer. If commits follow each other without a
	// pause, a longer log is moved completely between two commits.
	logFramesMax = 16 << 10
)

// checkpointer moves the log on a separate connection.
type checkpointer struct {
	db     *sql.DB // one connection
	writer *sql.DB
	looks  int // checks with frames to move, since the last move
}

// run checks the log until stop is closed, and calls tell with the result of each check.
func (c *checkpointer) run(stop <-chan struct{}, tell func(error)) {
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			tell(c.look(context.Background()))
		case <-stop:
			return
		}
	}
}

// look moves the log if its size or age demands it.
func (c *checkpointer) look(ctx context.Context) error {
	log, moved, err := checkpoint(ctx, c.db, "NOOP")
	if err != nil {
		return err
	}
	if log == moved {
		c.looks = 0
		return nil
	}
	if c.looks++; log-moved < checkpointFrames && c.looks < checkpointLooks {
		return nil
	}
	c.looks = 0
	if log, _, err = checkpoint(ctx, c.db, "PASSIVE"); err != nil || log <= logFramesMax {
		return err
	}
	// Only few frames are left now.
	_, _, err = checkpoint(ctx, c.writer, "PASSIVE")
	return err
}

// checkpoint moves the log, and returns the numbers of its frames and of the moved ones. It returns no error if another
// checkpoint is under way.
func checkpoint(ctx context.Context, db *sql.DB, mode string) (log, moved int, err error) {
	var busy bool
	err = db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(`+mode+`)`).Scan(&busy, &log, &moved)
	var e sqlite3.Error
	if errors.As(err, &e) && e.Code == sqlite3.ErrBusy {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("move the write-ahead log into the database: %w", err)
	}
	return log, moved, nil
}
