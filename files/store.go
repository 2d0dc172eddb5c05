package files

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"
)

// Store keeps blobs. Its methods may be called from several goroutines.
type Store interface {
	// Put stores size bytes of r under a key that nobody has used. After an error, and after a crash, nothing is stored
	// or all of it is. It is an error if r has fewer bytes; Put reads no more than size.
	Put(ctx context.Context, key string, r io.Reader, size int64) error

	// Get returns the bytes of a blob from offset on, at most length of them (below 0: all), and the size of the whole
	// blob. The caller closes the body. The error is ErrNotFound if the blob does not exist.
	Get(ctx context.Context, key string, offset, length int64) (body io.ReadCloser, size int64, err error)

	// Delete deletes a blob. A blob that does not exist is not an error.
	Delete(ctx context.Context, key string) error

	// List calls each for every blob, in no order, until that returns an error, which List then returns. A blob that is
	// stored or deleted meanwhile may be among them or not.
	List(ctx context.Context, each func(Blob) error) error

	// Close ends the store.
	Close() error
}

// A Sweeper is a Store in which a process that was killed may leave parts of blobs, which List leaves out.
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

// KeyBytesMax is the most bytes in a key, and keyBytesMin the least.
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
