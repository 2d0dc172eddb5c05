package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Restore replaces the database at path, which no process may use meanwhile, with a copy of the backup at from. It
// checks the copy, brings it to this program's schema, and gives each room a new epoch, so that clients load everything
// again. It refuses an existing database unless force is set; then it keeps the old one beside the new one, under the
// returned name. An interrupted restore leaves the database as it was.
func Restore(ctx context.Context, from, path string, force bool, now time.Time, progress Progress) (kept string, err error) {
	if kept, err = restore(ctx, from, path, force, now, progress); err != nil {
		return "", fmt.Errorf("restore %q from %q: %w", path, from, explain(err))
	}
	return kept, nil
}

func restore(ctx context.Context, from, path string, force bool, now time.Time, progress Progress) (kept string, err error) {
	if path, err = resolve(path); err != nil {
		return "", NotBegunError{err}
	}
	if isPartOf(from, path) {
		return "", NotBegunError{errors.New("that is the backup itself")}
	}
	source, err := openExisting(ctx, from)
	if err != nil {
		return "", err
	}
	defer func() { _ = source.Close() }()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) && !force {
		return "", NotBegunError{fmt.Errorf("%s exists already", path)}
	}
	held, err := lock(ctx, path, lockTimeoutMs)
	if err != nil {
		return "", NotBegunError{err}
	}
	defer func() { _ = held.Close() }()

	partial := path + ".restore.partial" // under the lock: an existing one is a leftover
	if err := removeDatabase(partial); err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = removeDatabase(partial)
		}
	}()
	file, err := os.OpenFile(partial, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	if err := errors.Join(copyTo(ctx, source, file, progress), file.Close()); err != nil {
		return "", err
	}
	if err := renew(ctx, partial); err != nil {
		return "", err
	}
	if kept, err = setAside(ctx, path, now); err != nil {
		return "", err
	}
	if err := os.Rename(partial, path); err != nil {
		return "", err
	}
	return kept, syncFolder(filepath.Dir(path))
}

// renew turns the copy of a backup into a usable database: checked, of this program's schema, with a new epoch for each
// room, closed and synced.
func renew(ctx context.Context, path string) (err error) {
	db := connectWriter(path)
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := checkPages(ctx, db); err != nil {
		return err
	}
	if err := migrate(ctx, db); err != nil {
		return err
	}
	for _, check := range []func(context.Context, querier) error{checkHeads, checkRevs} {
		if err := check(ctx, db); err != nil {
			return err
		}
	}
	// 40 random bits, as in newEpoch.
	if _, err := db.ExecContext(ctx, `UPDATE rooms SET epoch = lower(hex(randomblob(5)))`); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, unwiped); err != nil { // a backup contains recently deleted content
		return err
	}
	_, _, err = checkpoint(ctx, db, "TRUNCATE")
	return err
}

// setAside gives an existing database at path a second name, so that the new one can take the first name in one step.
// Before that it moves the log into the database, because SQLite would use a remaining log for the new database. If the
// database is too damaged for that, the log gets the second name too.
func setAside(ctx context.Context, path string, now time.Time) (kept string, err error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return "", removeDatabase(path) // it is a log without its database
	}
	db := connectWriter(path)
	_, _, damage := checkpoint(ctx, db, "TRUNCATE")
	_ = db.Close()
	kept = path + ".before-restore-" + now.UTC().Format("20060102T150405.000000Z")
	if err := os.Link(path, kept); err != nil {
		return "", err
	}
	if damage != nil {
		if err := os.Link(path+"-wal", kept+"-wal"); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return kept, nil
}

// removeDatabase removes a database that no process uses, with its other files.
func removeDatabase(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
