package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"hallway/files"
	"hallway/files/collect"
	"hallway/files/disk"
	"hallway/files/intake"
	"hallway/files/s3"
	"hallway/relay/rules"
	"hallway/store/sqlite"
)

// openBeside opens the place of the files of a database, beside a relay or without one; nil: there is none.
func (f *filesAtFlag) openBeside(ctx context.Context, db *dbFlag) (files.Store, error) {
	place := f.place(db)
	if place == "" || !strings.HasPrefix(place, s3.Scheme) && missing(place) {
		return nil, nil
	}
	store, err := openPlace(ctx, place, beside)
	if err != nil {
		return nil, notBegunError{fmt.Errorf("--files: %w", err)}
	}
	return store, nil
}

// errEnough ends a list of files.
var errEnough = errors.New("enough of the list was read")

// warn says on stderr that a command leaves out the files of a database in PostgreSQL, because nobody has named their
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

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// deleteDoomed deletes the bytes of files that a command has deleted from the database. A relay that uses the database
// does so itself.
func (f *filesAtFlag) deleteDoomed(ctx context.Context, db *dbFlag) error {
	place, err := f.openBeside(ctx, db)
	if place == nil || err != nil {
		return err
	}
	defer func() { _ = place.Close() }()
	store, err := db.open(ctx, "")
	if sqlite.InUse(err) {
		return nil
	}
	if err != nil {
		return err
	}
	c := collect.New(collect.Options{Store: place, Rows: store.(rules.Files), Log: slog.New(slog.DiscardHandler)})
	return errors.Join(c.DeleteDoomed(ctx), store.Close())
}

// notBegunError is the error of a command before it has changed anything.
type notBegunError struct{ error }

func (e notBegunError) Unwrap() error { return e.error }

// filesOfBackup is the folder of the files beside a backup.
func filesOfBackup(backup string) string { return backup + ".files" }

// copying copies the files that the database at path names from one place to another.
type copying struct {
	path     string
	from, to files.Store
	// prunes says that files which do not belong to the database are deleted.
	prunes bool
}

// run makes the other place the database's, copies the missing files, and returns how many files the first place lacks.
func (c *copying) run(ctx context.Context, show func(done, total int)) (lost int, err error) {
	name, err := sqlite.FileRows(ctx, c.path, func(rules.StoredFile, int) error { return nil })
	if err != nil || name == "" {
		return 0, err
	}
	if err := files.Claim(ctx, c.to, nameOfPlace(name)); err != nil {
		return 0, err
	}
	there := make(map[string]bool)
	err = c.to.List(ctx, func(b files.Blob) error { there[b.Key] = !files.Owns(b.Key); return nil })
	if err != nil {
		return 0, err
	}
	done := 0
	_, err = sqlite.FileRows(ctx, c.path, func(f rules.StoredFile, all int) error {
		for _, key := range keysOf(&f) {
			if there[key] {
				delete(there, key)
				continue
			}
			err := copyBlob(ctx, key, c.from, c.to)
			if errors.Is(err, files.ErrNotFound) {
				lost++
				break
			}
			if err != nil {
				return err
			}
		}
		done++
		show(done, all)
		return nil
	})
	for key, other := range there {
		if other && c.prunes && err == nil {
			err = c.to.Delete(ctx, key)
		}
	}
	return lost, err
}

func keysOf(f *rules.StoredFile) []string { return intake.KeysOf(f.Blob, f.Thumb, f.Width, f.Height) }

func copyBlob(ctx context.Context, key string, from, to files.Store) error {
	body, size, err := from.Get(ctx, key, 0, -1)
	if err != nil {
		return err
	}
	return errors.Join(to.Put(ctx, key, body, size), body.Close())
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
	line := newProgress("files")
	lost, err := (&copying{path: backup, from: from, to: to, prunes: true}).run(ctx, line.show)
	line.end()
	if lost > 0 {
		fmt.Println("files deleted while the backup was made, which it lacks:", lost)
	}
	return errors.Join(err, to.Close())
}

// copyIn copies the files beside a backup to the place of the files, before the database is restored.
func (f *filesAtFlag) copyIn(ctx context.Context, db *dbFlag, backup string) error {
	place, folder := f.place(db), filesOfBackup(backup)
	if place == "" || missing(folder) {
		return nil
	}
	from, err := disk.OpenBeside(folder)
	if err != nil {
		return notBegunError{err}
	}
	to, err := openPlace(ctx, place, alone)
	if err != nil {
		return notBegunError{fmt.Errorf("--files: %w", err)}
	}
	line := newProgress("files")
	lost, err := (&copying{path: backup, from: from, to: to}).run(ctx, line.show)
	line.end()
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
	place, err := f.openBeside(ctx, db)
	if err != nil {
		return err
	}
	stored := make(map[string]int64)
	if place != nil {
		defer func() { _ = place.Close() }()
		if err := place.List(ctx, func(b files.Blob) error { stored[b.Key] = b.Size; return nil }); err != nil {
			return err
		}
	}
	done := 0
	var suspects []rules.StoredFile
	_, err = db.fileRows(ctx, func(f rules.StoredFile, all int) error {
		for _, key := range keysOf(&f) {
			size, ok := stored[key]
			if !ok || key == f.Blob && size != f.Size {
				suspects = append(suspects, f)
				break
			}
		}
		done++
		show(done, all)
		return nil
	})
	if err != nil || len(suspects) == 0 || f.place(db) == "" {
		return err
	}
	return confirm(ctx, db, place, suspects, found)
}

// confirm reports the suspects that are still in the database, and still wrong, because a relay may have gone on
// meanwhile.
func confirm(ctx context.Context, db *dbFlag, place files.Store, suspects []rules.StoredFile, found func(string)) error {
	wrong := make(map[string]string)
	for _, f := range suspects {
		for _, key := range keysOf(&f) {
			size, err := int64(0), files.ErrNotFound
			if place != nil {
				var body io.ReadCloser
				if body, size, err = place.Get(ctx, key, 0, 0); err == nil {
					err = body.Close()
				}
			}
			switch {
			case errors.Is(err, files.ErrNotFound):
				wrong[f.Blob] = "is missing"
			case err != nil:
				return err
			case key == f.Blob && size != f.Size:
				wrong[f.Blob] = fmt.Sprintf("has %d bytes in place of %d", size, f.Size)
			}
		}
	}
	_, err := db.fileRows(ctx, func(f rules.StoredFile, _ int) error {
		if how := wrong[f.Blob]; how != "" {
			found(fmt.Sprintf("the file %s of room %q %s", f.ID, f.Room, how))
		}
		return nil
	})
	return err
}

// exportTo copies the files of a user into a folder, under room~id. The database's list has their names.
func (f *filesAtFlag) exportTo(ctx context.Context, db *dbFlag, user, folder string) error {
	place, err := f.openBeside(ctx, db)
	if place == nil || err != nil {
		return err
	}
	defer func() { _ = place.Close() }()
	line := newProgress("files")
	defer line.end()
	done := 0
	_, err = db.fileRows(ctx, func(f rules.StoredFile, all int) error {
		done++
		line.show(done, all)
		if f.Owner != user {
			return nil
		}
		body, _, err := place.Get(ctx, f.Blob, 0, -1)
		if errors.Is(err, files.ErrNotFound) {
			return nil // deleted meanwhile
		}
		if err != nil {
			return err
		}
		return errors.Join(writeFile(folder, f.Room+"~"+f.ID, body), body.Close())
	})
	return err
}

func writeFile(folder, name string, content io.Reader) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}
