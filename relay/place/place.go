package place

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"hallway/files"
	"hallway/files/disk"
	"hallway/files/intake"
	"hallway/files/s3"
	"hallway/relay/rules"
)

// Rows calls each for every file in a database, with the number of all files, and returns the secret of the database
// from which [Name] derives its name; "" if it never had files.
type Rows func(ctx context.Context, each func(file rules.StoredFile, all int) error) (secret string, err error)

// Sharing tells which other processes may use a place of files while it is open.
type Sharing int

// The kinds of Sharing.
const (
	Alone  Sharing = iota // no other process
	Shared                // relays on the same database
	Beside                // a relay that is not told that the place was opened
)

// Open opens the place at an address.
func Open(ctx context.Context, address string, with Sharing) (files.Store, error) {
	switch {
	case strings.HasPrefix(address, s3.Scheme):
		return s3.Open(ctx, address)
	case strings.Contains(address, "://"):
		return nil, errors.New("it must be a folder or s3://…")
	case with == Beside:
		return disk.OpenBeside(address)
	case with == Shared:
		return disk.OpenShared(address)
	}
	return disk.Open(address)
}

// OpenBeside opens the place at an address while a relay may use it; it returns nil if the folder does not exist.
func OpenBeside(ctx context.Context, address string) (files.Store, error) {
	if address == "" || !strings.HasPrefix(address, s3.Scheme) && Missing(address) {
		return nil, nil
	}
	return Open(ctx, address, Beside)
}

// Missing reports whether no file and no folder exist at a path.
func Missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// Claim makes a database the owner of a place, and returns the database's secret. If several relays may share the
// database, it refuses a place without an owner for a database that has files.
func Claim(ctx context.Context, rows rules.Files, place files.Store, with Sharing) (secret string, err error) {
	secret, err = rows.FilesName(ctx, rand.Text())
	if err != nil {
		return "", err
	}
	if with == Shared {
		owner, err := files.Owner(ctx, place)
		if err != nil {
			return "", err
		}
		stats, err := rows.FileStats(ctx)
		if err != nil {
			return "", err
		}
		if owner == "" && stats.Files > 0 {
			return "", fmt.Errorf("the database has %d files, and their bytes are not here: all relays on a database need the same place", stats.Files)
		}
	}
	return secret, files.Claim(ctx, place, Name(secret))
}

// Name returns the name of a database at its place, derived from its secret.
func Name(secret string) string {
	sum := sha256.Sum256([]byte("hallway files " + secret))
	return hex.EncodeToString(sum[:16])
}

// NewKey returns a random key for the bytes of a file.
func NewKey() string {
	key := make([]byte, 20)
	_, _ = rand.Read(key) // never fails
	return hex.EncodeToString(key)
}

func keysOf(f *rules.StoredFile) []string { return intake.KeysOf(f.Blob, f.Thumb, f.Width, f.Height) }
