package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"
)

const (
	// backupStepPages are copied at a time, 1 MiB; a backup may be ended between
	// two steps.
	backupStepPages = 256
	// backupSyncSteps are synced together: much at once, at the end, would hold
	// up the commits, which sync to the same disk.
	backupSyncSteps = 8
)

// NotBegunError is an error of a command that has changed nothing and made nothing: it
// must be asked otherwise.
type NotBegunError struct{ error }

func (e NotBegunError) Unwrap() error { return e.error }

// Progress is told how much of how much is done; nil is not.
type Progress func(done, total int)

// Backup copies the database at from, as it is when it begins, to a file at to:
// a whole database by itself, for its owner's eyes only. A file that is there is
// refused, unless force is set, and replaced only when the copy is complete,
// checked and synced.
//
// A relay that uses the database goes on; its write-ahead log cannot begin anew
// until the backup has ended, and grows with what is written. A ctx that is done
// ends the backup and leaves nothing behind.
func Backup(ctx context.Context, from, to string, force bool, progress Progress) error {
	if err := backup(ctx, from, to, force, progress); err != nil {
		return fmt.Errorf("back up %q to %q: %w", from, to, explain(err))
	}
	return nil
}

func backup(ctx context.Context, from, to string, force bool, progress Progress) (err error) {
	source, err := openExisting(ctx, from)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	if to, err = resolve(to); err != nil {
		return NotBegunError{err}
	}
	if isPartOf(from, to) {
		return NotBegunError{errors.New("that is the database itself: a database in use")}
	}
	if err := mayReplace(to, force); err != nil {
		return NotBegunError{err}
	}
	file, err := os.CreateTemp(filepath.Dir(to), filepath.Base(to)+".*.partial") // mode 0600
	if err != nil {
		return NotBegunError{err}
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
		_ = file.Close()
	}()
	if err := copyTo(ctx, source, file, progress); err != nil {
		return err
	}
	if err := setApart(ctx, file.Name()); err != nil {
		return err
	}
	if err := checkCopy(ctx, file.Name()); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

// openExisting opens a relay's database to read it, beside a relay or without one.
// What is not there is not made, and what is another program's, or empty, is refused;
// what cannot be read is for the reader to tell.
func openExisting(ctx context.Context, path string) (*sql.DB, error) {
	path, err := resolve(path)
	if err != nil {
		return nil, NotBegunError{err}
	}
	if _, err := os.Stat(path); err != nil {
		return nil, NotBegunError{err}
	}
	db := connectReader(path)
	if _, ours, err := contents(ctx, db); err == nil && !ours {
		_ = db.Close()
		return nil, NotBegunError{errForeign}
	}
	return db, nil
}

// isPartOf reports whether path is the database at whole or a file that belongs to
// it: with its log go the newest messages, with its lock goes what keeps a second
// relay away.
func isPartOf(whole, path string) bool {
	if resolved, err := resolve(whole); err == nil {
		whole = resolved
	}
	there, err := os.Stat(path)
	for _, suffix := range []string{"", "-wal", "-shm", "-journal", lockSuffix} {
		if path == whole+suffix {
			return true
		}
		if part, none := os.Stat(whole + suffix); err == nil && none == nil && os.SameFile(part, there) {
			return true
		}
	}
	return false
}

// mayReplace refuses what a database must not be put in the place of. Renamed over,
// one that is in use would be lost, and a log that has been left would be taken for
// the new file's.
func mayReplace(path string, force bool) error {
	for _, suffix := range []string{"-wal", "-journal"} {
		if _, err := os.Stat(path + suffix); !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%s%s is there: a database in use, or not closed", path, suffix)
		}
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) && !force {
		return fmt.Errorf("%s is there already", path)
	}
	return nil
}

// setApart takes a copy out of the mode with a log, in which it would leave one
// beside it, and look as if in use, whenever somebody only reads it.
func setApart(ctx context.Context, path string) error {
	db := connect(path, 1, url.Values{
		"_locking_mode": {"EXCLUSIVE"}, // no index of the log
		"_journal_mode": {"DELETE"},
		"_synchronous":  {"OFF"}, // synced by file
	})
	return errors.Join(db.PingContext(ctx), db.Close())
}

// checkCopy looks for damage in a database that nobody else has open.
func checkCopy(ctx context.Context, path string) error {
	db := connect(path, 1, url.Values{"mode": {"ro"}, "immutable": {"1"}})
	defer func() { _ = db.Close() }()
	return checkPages(ctx, db)
}

// copyTo copies the database into file through SQLite.
func copyTo(ctx context.Context, source *sql.DB, file *os.File, progress Progress) error {
	from, err := source.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	// The transaction keeps the snapshot: without it each commit would make the
	// copy begin anew.
	tx, err := from.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var rooms int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM rooms`).Scan(&rooms); err != nil {
		return err
	}

	copies := connect(file.Name(), 1, url.Values{
		"_journal_mode": {"OFF"}, // what is not complete is thrown away
		"_synchronous":  {"OFF"}, // synced by file
		"_locking_mode": {"EXCLUSIVE"},
	})
	defer func() { _ = copies.Close() }()
	to, err := copies.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = to.Close() }()
	return to.Raw(func(dst any) error {
		return from.Raw(func(src any) error {
			b, err := dst.(*sqlite3.SQLiteConn).Backup("main", src.(*sqlite3.SQLiteConn), "main")
			if err != nil {
				return err
			}
			return errors.Join(copySteps(ctx, b, file, progress), b.Finish())
		})
	})
}

func copySteps(ctx context.Context, b *sqlite3.SQLiteBackup, file *os.File, progress Progress) error {
	for step := 1; ; step++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		done, err := b.Step(backupStepPages)
		if err != nil {
			return err
		}
		if progress != nil {
			progress(b.PageCount()-b.Remaining(), b.PageCount())
		}
		if done {
			return nil
		}
		if step%backupSyncSteps == 0 {
			if err := file.Sync(); err != nil {
				return err
			}
		}
	}
}

// syncFolder makes a rename in the folder last.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
