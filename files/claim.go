package files

import (
	"context"
	"errors"
	"io"
	"strings"
)

// ownerKey is the key of the blob that names the database to which a store belongs.
const ownerKey = "hallway-owner"

// ErrForeign says that a store belongs to another database.
var ErrForeign = errors.New("these files belong to another database: name another place, or remove them")

// Claim makes the store the one of a database, or refuses it with ErrForeign. Files that a database does not know are
// deleted, so two databases must never share a place.
func Claim(ctx context.Context, s Store, database string) error {
	body, size, err := s.Get(ctx, ownerKey, 0, -1)
	switch {
	case errors.Is(err, ErrNotFound):
		return s.Put(ctx, ownerKey, strings.NewReader(database), int64(len(database)))
	case err != nil:
		return err
	}
	defer func() { _ = body.Close() }()
	owner, err := io.ReadAll(io.LimitReader(body, KeyBytesMax))
	if err == nil && (size != int64(len(owner)) || string(owner) != database) {
		err = ErrForeign
	}
	return err
}

// Owns reports whether a blob is one that Claim has made.
func Owns(key string) bool { return key == ownerKey }
