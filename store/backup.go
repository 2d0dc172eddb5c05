package store

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

// Backup copies the database, as it is when it begins, to a file at path, which
// takes the place of one that is there only when the copy is complete and
// synced. The file is a whole database by itself, for its owner's eyes only.
//
// Commits and pages go on meanwhile; the write-ahead log cannot begin anew until
// the backup has ended, and grows with what is written. progress, if not nil, is
// told after each step how many pages of how many are copied. A ctx that is done
// ends the backup and leaves nothing behind.
func (s *SQLite) Backup(ctx context.Context, path string, progress func(done, total int)) error {
	if err := s.backup(ctx, path, progress); err != nil {
		return fmt.Errorf("back up to %q: %w", path, err)
	}
	return nil
}

func (s *SQLite) backup(ctx context.Context, path string, progress func(done, total int)) (err error) {
	path, err = resolve(path)
	if err != nil {
		return err
	}
	// Renamed over, a database that is in use would be lost, and a log that has
	// been left would be taken for the new file's.
	for _, suffix := range []string{"-wal", "-journal"} {
		if _, err := os.Stat(path + suffix); !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%s%s is there: a database in use, or not closed", path, suffix)
		}
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.partial") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
		_ = file.Close()
	}()
	if err := s.copyTo(ctx, file, progress); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// copyTo copies the database into file through SQLite.
func (s *SQLite) copyTo(ctx context.Context, file *os.File, progress func(done, total int)) error {
	from, err := s.readers.Conn(ctx)
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

func copySteps(ctx context.Context, b *sqlite3.SQLiteBackup, file *os.File, progress func(done, total int)) error {
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
