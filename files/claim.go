package files

import (
	"context"
	"errors"
	"io"
	"strings"
)

// ownerKey is the key of the blob that names the database to which a store belongs.
const ownerKey = "hallway-owner"

// ErrForeign means that a store belongs to another database.
var ErrForeign = errors.New("these files belong to another database: name another place, or remove them")

// Claim assigns a store to a database, or returns ErrForeign. A database deletes files that it does not know,
// so two databases must never share a store.
func Claim(ctx context.Context, s Store, database string) error {
	owner, err := Owner(ctx, s)
	if err == nil && owner == "" {
		failed := s.Put(ctx, ownerKey, strings.NewReader(database), int64(len(database)))
		if owner, err = Owner(ctx, s); err == nil && owner == "" { // otherwise another relay was faster
			err = failed
		}
	}
	if err == nil && owner != database {
		err = ErrForeign
	}
	return err
}

// Owner returns the name of the database to which a store belongs, or "".
func Owner(ctx context.Context, s Store) (database string, err error) {
	body, _, err := s.Get(ctx, ownerKey, 0, -1)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	owner, err := io.ReadAll(io.LimitReader(body, KeyBytesMax+1))
	return string(owner), errors.Join(err, body.Close())
}

// HandOver assigns the store of one database to another. It may be repeated.
func HandOver(ctx context.Context, s Store, from, to string) error {
	owner, err := Owner(ctx, s)
	switch {
	case err != nil:
		return err
	case owner == from:
		if err := s.Delete(ctx, ownerKey); err != nil {
			return err
		}
	}
	return Claim(ctx, s, to)
}

// Owns reports whether Claim has made a blob.
func Owns(key string) bool { return key == ownerKey }
