package files

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"
)

// Store keeps blobs. Its methods are safe for concurrent use.
type Store interface {
	// Put stores size bytes of r under an unused key. After an error or a crash, the blob is complete or missing. Put
	// returns an error if r has fewer bytes, and reads at most size.
	Put(ctx context.Context, key string, r io.Reader, size int64) error

	// Get returns the bytes of a blob from offset on, at most length bytes (below 0: all), and the size of the whole
	// blob. The caller closes the body. The error is ErrNotFound if the blob does not exist.
	Get(ctx context.Context, key string, offset, length int64) (body io.ReadCloser, size int64, err error)

	// Delete deletes a blob. It returns nil if the blob does not exist.
	Delete(ctx context.Context, key string) error

	// List calls each for every blob, in no order. If a call returns an error, List stops and returns it. A blob that
	// is stored or deleted meanwhile may or may not be listed.
	List(ctx context.Context, each func(Blob) error) error

	// Close closes the store.
	Close() error
}

// A Sweeper is a Store in which a killed process may leave parts of blobs, which List omits.
type Sweeper interface {
	// Sweep deletes the parts that were last written before a time.
	Sweep(ctx context.Context, before time.Time) error
}

// A Blob describes a blob in a list.
type Blob struct {
	Key    string
	Size   int64
	Stored time.Time // by the clock of the store
}

// ErrNotFound means that no blob has the key.
var ErrNotFound = errors.New("there is no such file")

// ErrKey means that a key is not valid.
var ErrKey = errors.New("this is not a valid key of a file")

// KeyBytesMax is the maximum number of bytes in a key, and keyBytesMin the least.
const (
	KeyBytesMax = 64
	keyBytesMin = 3
)

// ValidKey reports whether a key is valid: 3 to 64 small letters, digits and hyphens, and no hyphen first. So a key is
// never a path.
func ValidKey(key string) bool {
	if len(key) < keyBytesMin || len(key) > KeyBytesMax || key[0] == '-' {
		return false
	}
	return strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
