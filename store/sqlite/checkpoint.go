package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/mattn/go-sqlite3"
)

// The write-ahead log is moved into the database beside the commits. SQLite would do it inside of a commit, which
// then takes many times as long, so that is switched off.
const (
	// checkpointEvery is the time between two looks at the log.
	checkpointEvery = time.Second
	// From checkpointFrames on, the log is moved at the next look; fewer frames (of a page, 4 KiB, each) after
	// checkpointLooks looks. That is rare enough for a light load: the first commit to a log that begins anew is
	// synced twice.
	checkpointFrames = 1000
	checkpointLooks  = 10
	// logFramesMax bounds the log, 64 MiB, unless a reader needs it for longer.
	// A log that is longer, because commits follow each other without a pause,
	// is moved to its end between two of them.
	logFramesMax = 16 << 10
)

// checkpointer moves the log on a connection of its own.
type checkpointer struct {
	db     *sql.DB // one connection
	writer *sql.DB
	looks  int // with something to move, since it was moved last
}

// run looks at the log until stop is closed, and calls tell with the result of each look.
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

// look moves the log when it is time.
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
	// Only little is left of it by now.
	_, _, err = checkpoint(ctx, c.writer, "PASSIVE")
	return err
}

// checkpoint reports how many frames the log has, and how many of them have been
// moved. It is not an error that another checkpoint is under way.
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
