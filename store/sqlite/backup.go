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
	// backupStepPages is the number of pages that are copied at a time, 1 MiB; a backup can be cancelled between two
	// steps.
	backupStepPages = 256
	// backupSyncSteps is the number of steps that are synced together: one sync at the end would delay the commits,
	// which sync to the same disk.
	backupSyncSteps = 8
)

// NotBegunError is the error of a command that has changed and created nothing, because its arguments are wrong.
type NotBegunError struct{ error }

func (e NotBegunError) Unwrap() error { return e.error }

// Progress is called with the finished amount and the total; it may be nil.
type Progress func(done, total int)

// Backup copies the database at from, as it is when the backup begins, to a file at to: a complete database that only
// its owner may read. It refuses an existing file unless force is set, and replaces it only after the copy is complete,
// checked and synced.
//
// A relay can use the database meanwhile. Its write-ahead log cannot start from its beginning until the backup has
// ended, and so grows. When ctx is done, the backup ends and leaves no file.
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
		return NotBegunError{errors.New("the target is the database itself: a database in use")}
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
	if err := leaveWAL(ctx, file.Name()); err != nil {
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

// openExisting opens a relay's database for reading, even while a relay uses it. It creates no file, and refuses an
// empty file and the database of another program. The first read returns the error of an unreadable file.
func openExisting(ctx context.Context, path string) (*sql.DB, error) {
	path, err := resolve(path)
	if err != nil {
		return nil, NotBegunError{err}
	}
	if _, err := os.Stat(path); err != nil {
		return nil, NotBegunError{err}
	}
	db := connectReader(path)
	_, ours, err := contents(ctx, db)
	switch {
	case isNoDatabase(err):
	case err == nil && !ours:
		err = errForeign
	default: // the command itself returns any other error
		return db, nil
	}
	_ = db.Close()
	return nil, NotBegunError{err}
}

// isPartOf reports whether path is the database at whole or one of its files. Replacing its log would lose the newest
// messages, and its lock keeps a second relay away.
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

// mayReplace refuses to replace a database that is in use or was not closed: a replacement would lose the first, and
// SQLite would use the log of the second for the new file.
func mayReplace(path string, force bool) error {
	for _, suffix := range []string{"-wal", "-journal"} {
		if _, err := os.Stat(path + suffix); !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%s%s exists: a database in use, or not closed", path, suffix)
		}
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) && !force {
		return fmt.Errorf("%s exists already", path)
	}
	return nil
}

// leaveWAL switches a copy out of WAL mode, in which every reader would leave a log beside it and make it look in use.
func leaveWAL(ctx context.Context, path string) error {
	db := connect(path, 1, url.Values{
		"_locking_mode": {"EXCLUSIVE"}, // avoids an index of the log
		"_journal_mode": {"DELETE"},
		"_synchronous":  {"OFF"}, // the whole file is synced afterwards
	})
	return errors.Join(db.PingContext(ctx), db.Close())
}

// checkCopy looks for damage in a database that no other process uses.
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
	// The transaction keeps the snapshot: without it each commit would restart the copy.
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
		"_journal_mode": {"OFF"}, // an incomplete copy is deleted
		"_synchronous":  {"OFF"}, // the whole file is synced afterwards
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

// syncFolder syncs a folder, so that a rename in it survives a crash.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
