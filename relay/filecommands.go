package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"hallway/files"
	"hallway/files/collect"
	"hallway/files/disk"
	"hallway/relay/place"
	"hallway/relay/rules"
	"hallway/store/sqlite"
)

// openBeside opens the place of the files of a database, even while a relay uses it; nil if it does not exist.
func (f *filesAtFlag) openBeside(ctx context.Context, db *dbFlag) (files.Store, error) {
	store, err := place.OpenBeside(ctx, f.place(db))
	if err != nil {
		return nil, notBegunError{fmt.Errorf("--files: %w", err)}
	}
	return store, nil
}

// errEnough ends a list of files.
var errEnough = errors.New("enough of the list was read")

// warn prints to stderr that a command leaves out the files of a database in PostgreSQL, because no flag names their
// place.
func (f *filesAtFlag) warn(ctx context.Context, db *dbFlag, left string) error {
	if !db.isPostgres() || f.FilesAt != "" {
		return nil
	}
	_, err := db.fileRows(ctx, func(_ rules.StoredFile, all int) error {
		fmt.Fprintf(os.Stderr, "hallway: files in the database: %d; %s: name their place by --files\n", all, left)
		return errEnough
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// deleteDoomed deletes the bytes of files that a command has deleted from the database. A relay that uses the database
// deletes them itself.
func (f *filesAtFlag) deleteDoomed(ctx context.Context, db *dbFlag) error {
	at, err := f.openBeside(ctx, db)
	if at == nil || err != nil {
		return err
	}
	defer func() { _ = at.Close() }()
	store, err := db.open(ctx, "")
	if sqlite.InUse(err) {
		return nil
	}
	if err != nil {
		return err
	}
	c := collect.New(collect.Options{Store: at, Rows: store.(rules.Files), Log: slog.New(slog.DiscardHandler)})
	return errors.Join(c.DeleteDoomed(ctx), store.Close())
}

// notBegunError is the error of a command that has changed nothing.
type notBegunError struct{ error }

func (e notBegunError) Unwrap() error { return e.error }

// filesOfBackup returns the folder of the files beside a backup.
func filesOfBackup(backup string) string { return backup + ".files" }

// copyFiles copies the files of a backup from one place to another, and returns the number of files that the first
// place lacks.
func copyFiles(ctx context.Context, backup string, c place.Copy) (lost int, err error) {
	db := dbFlag{DB: backup}
	c.Rows = db.fileRows
	line := newProgress("files")
	defer line.end()
	return c.Run(ctx, line.show)
}

// copyOut copies the files of a backup from the place of the files to the folder beside the backup.
func (f *filesAtFlag) copyOut(ctx context.Context, db *dbFlag, backup string) error {
	from, err := f.openBeside(ctx, db)
	if from == nil || err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	to, err := disk.Open(filesOfBackup(backup))
	if err != nil {
		return err
	}
	lost, err := copyFiles(ctx, backup, place.Copy{From: from, To: to, Prune: true})
	if lost > 0 {
		fmt.Println("files deleted while the backup was made, which it lacks:", lost)
	}
	return errors.Join(err, to.Close())
}

// copyIn copies the files beside a backup to the place of the files, before the database is restored.
func (f *filesAtFlag) copyIn(ctx context.Context, db *dbFlag, backup string) error {
	at, folder := f.place(db), filesOfBackup(backup)
	if at == "" || place.Missing(folder) {
		return nil
	}
	from, err := disk.OpenBeside(folder)
	if err != nil {
		return notBegunError{err}
	}
	to, err := place.Open(ctx, at, place.Alone)
	if err != nil {
		return notBegunError{fmt.Errorf("--files: %w", err)}
	}
	lost, err := copyFiles(ctx, backup, place.Copy{From: from, To: to})
	if errors.Is(err, files.ErrForeign) {
		err = notBegunError{fmt.Errorf("--files: %w", err)}
	}
	if lost > 0 {
		fmt.Println("files that the backup lacks:", lost)
	}
	return errors.Join(err, to.Close())
}

// checkFiles finds files without their bytes, and bytes of another size.
func (f *filesAtFlag) checkFiles(ctx context.Context, db *dbFlag, found func(string), show func(done, total int)) error {
	if f.place(db) == "" {
		return nil
	}
	at, err := f.openBeside(ctx, db)
	if err != nil {
		return err
	}
	if at != nil {
		defer func() { _ = at.Close() }()
	}
	return place.Check(ctx, at, db.fileRows, found, show)
}

// exportTo copies the files of a user into a folder.
func (f *filesAtFlag) exportTo(ctx context.Context, db *dbFlag, user, folder string) error {
	at, err := f.openBeside(ctx, db)
	if at == nil || err != nil {
		return err
	}
	defer func() { _ = at.Close() }()
	line := newProgress("files")
	defer line.end()
	return place.Export(ctx, at, db.fileRows, user, folder, line.show)
}
