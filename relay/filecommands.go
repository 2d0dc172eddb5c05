package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"hallway/files"
	"hallway/files/collect"
	"hallway/files/s3"
	"hallway/store/sqlite"
)

// openBeside opens the place of the files of a database, beside a relay or without one; nil: there is none.
func (f *filesAtFlag) openBeside(ctx context.Context, db *dbFlag) (files.Store, error) {
	place := f.place(db)
	if place == "" || !strings.HasPrefix(place, s3.Scheme) && missing(place) {
		return nil, nil
	}
	return openPlace(ctx, place, true)
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// deleteDoomed deletes the bytes of files that a command has taken out of the database. A relay that uses the database
// does so itself.
func (f *filesAtFlag) deleteDoomed(ctx context.Context, db *dbFlag) error {
	place, err := f.openBeside(ctx, db)
	if place == nil || err != nil {
		return err
	}
	defer func() { _ = place.Close() }()
	store, err := sqlite.Open(ctx, sqlite.Options{Path: db.DB})
	if sqlite.InUse(err) {
		return nil
	}
	if err != nil {
		return err
	}
	c := collect.New(collect.Options{Store: place, Rows: store, Log: slog.New(slog.DiscardHandler)})
	return errors.Join(c.DeleteDoomed(ctx), store.Close())
}
