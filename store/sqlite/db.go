package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattn/go-sqlite3"

	"hallway/store/word"
)

// db is the open database file: its connections, the statements that are prepared on them, and the writer's turn. All
// parts of a store share it.
type db struct {
	lock        *sql.DB     // holds the lock on the file
	writer      *sql.DB     // a single connection, so one transaction at a time
	readers     *sql.DB     // connections that cannot write
	writes      []*sql.Stmt // see write
	reads       []*sql.Stmt // see readStmt
	checkpoints *checkpointer
	clock       func() time.Time // measures slices

	turn sync.Mutex // held by the current writer

	stop    chan struct{}  // closed to end the goroutines
	running sync.WaitGroup // the goroutines
	// unmoved is the error because of which the write-ahead log cannot be moved now.
	unmoved atomic.Pointer[error]
}

// lockFile locks the file, creates it if it is missing, and connects the writer. made reports that the file has no schema
// yet, whole that all of it must be checked.
func (d *db) lockFile(ctx context.Context, path string) (made, whole bool, err error) {
	if d.lock, err = lock(ctx, path, lockTimeoutMs); err != nil {
		return false, false, err
	}
	if err = create(path); err != nil {
		return false, false, err
	}
	whole = wasNotClosed(path) || small(path)
	if err = checkForeign(ctx, path); err != nil {
		return false, false, err
	}
	made = empty(path)
	d.writer = connectWriter(path)
	return made, whole, d.writer.PingContext(ctx)
}

// checkAndMigrate checks the database and migrates it to this program's versions.
func checkAndMigrate(ctx context.Context, writer *sql.DB, made, whole bool) error {
	for _, step := range []struct {
		needed bool
		do     func(context.Context, *sql.DB) error
	}{
		{whole, func(ctx context.Context, db *sql.DB) error { return checkPages(ctx, db) }},
		{true, migrate},
		{made, func(ctx context.Context, db *sql.DB) error {
			_, err := db.ExecContext(ctx, wiped)
			return err
		}},
		{true, func(ctx context.Context, db *sql.DB) error { return checkIndexVersion(ctx, db, word.Version) }},
		{true, func(ctx context.Context, db *sql.DB) error { return checkNames(ctx, db, word.NamesVersion) }},
		{true, func(ctx context.Context, db *sql.DB) error { return checkHeads(ctx, db) }},
		{whole, func(ctx context.Context, db *sql.DB) error { return checkRevs(ctx, db) }},
	} {
		if !step.needed {
			continue
		}
		if err := step.do(ctx, writer); err != nil {
			return err
		}
	}
	return nil
}

// connect connects the readers and the checkpoints, and prepares the statements of commits and readers.
func (d *db) connect(ctx context.Context, path string) (err error) {
	d.readers = connectReaders(path)
	if d.writes, err = prepare(ctx, d.writer, writes); err != nil {
		return err
	}
	if d.reads, err = prepare(ctx, d.readers, reads); err != nil {
		return err
	}
	d.checkpoints = &checkpointer{db: connectCheckpointer(path), writer: d.writer}
	return nil
}

var touch = writing(`UPDATE probe SET touched = touched + 1`)

// Ready writes to the database, after a commit under way. It also returns an error if the write-ahead log cannot be
// moved into the database: commits still succeed, but not for long.
func (d *db) Ready(ctx context.Context) error {
	if _, err := d.writes[touch].ExecContext(ctx); err != nil {
		d.renewAfter(err)
		return fmt.Errorf("write to the database: %w", err)
	}
	if err := d.unmoved.Load(); err != nil {
		return *err // nil if it can be moved
	}
	return nil
}

// inTurn calls do in the writer's turn.
func (d *db) inTurn(do func() error) error {
	d.turn.Lock()
	defer d.turn.Unlock()
	return do()
}

// inSlice calls do in a transaction that is not synced, because the upkeep repeats work that a crash loses. The next
// commit syncs it too.
func (d *db) inSlice(ctx context.Context, do func(*sql.Tx) error) (err error) {
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, `PRAGMA synchronous = NORMAL`); err != nil {
		return err
	}
	defer func() {
		if _, full := conn.ExecContext(ctx, `PRAGMA synchronous = FULL`); full != nil {
			_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // no commit may use it
			err = errors.Join(err, full)
		}
	}()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after the commit
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// renewAfter drops the writer's connection after an error of the disk or the file, which may have left it unusable; the
// next use opens a new one and prepares its statements. A full disk does not harm the connection.
func (d *db) renewAfter(err error) {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return
	}
	switch e.Code {
	case sqlite3.ErrIoErr, sqlite3.ErrCorrupt, sqlite3.ErrNotADB, sqlite3.ErrCantOpen, sqlite3.ErrProtocol:
	default:
		return
	}
	conn, connErr := d.writer.Conn(context.Background())
	if connErr != nil {
		return // no connection is open, or the store is closed
	}
	_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // so the pool closes it
	_ = conn.Close()
}
