package place

import (
	"context"
	"errors"

	"hallway/files"
	"hallway/relay/rules"
)

// A Copy copies the files in the rows of a database from one place to another.
type Copy struct {
	Rows     Rows
	From, To files.Store
	Prune    bool // deletes the files at the other place that do not belong to the database
}

// Run claims the other place for the database, copies the missing files, and returns the number of files that the first
// place lacks. It calls show after each file.
func (c *Copy) Run(ctx context.Context, show func(done, total int)) (lost int, err error) {
	secret, err := c.Rows(ctx, func(rules.StoredFile, int) error { return nil })
	if err != nil || secret == "" {
		return 0, err
	}
	if err := files.Claim(ctx, c.To, Name(secret)); err != nil {
		return 0, err
	}
	there := make(map[string]bool)
	err = c.To.List(ctx, func(b files.Blob) error { there[b.Key] = !files.Owns(b.Key); return nil })
	if err != nil {
		return 0, err
	}
	done := 0
	_, err = c.Rows(ctx, func(f rules.StoredFile, all int) error {
		for _, key := range keysOf(&f) {
			if there[key] {
				delete(there, key)
				continue
			}
			err := copyBlob(ctx, key, c.From, c.To)
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
		if other && c.Prune && err == nil {
			err = c.To.Delete(ctx, key)
		}
	}
	return lost, err
}

func copyBlob(ctx context.Context, key string, from, to files.Store) error {
	body, size, err := from.Get(ctx, key, 0, -1)
	if err != nil {
		return err
	}
	return errors.Join(to.Put(ctx, key, body, size), body.Close())
}
