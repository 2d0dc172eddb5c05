package keeper

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"hallway/e2ee/native"
)

// folder is a [native.Shelf] on disk: a file for each value, which nobody but its owner may read.
type folder struct{ path string }

var _ native.Shelf = (*folder)(nil)

// openFolder makes the folder unless it is there, and checks that files can be written in it.
func openFolder(path string) (*folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	probe, err := os.CreateTemp(path, temporary)
	if err != nil {
		return nil, err
	}
	return &folder{path}, errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// temporary is the pattern of files that are not whole yet. A crash may leave one, which nothing reads.
const temporary = "new-*"

// file returns the path of a value. Names hold a URL and a user's id, so their hash stands for them.
func (f *folder) file(name string) string {
	sum := sha256.Sum256([]byte(name))
	return filepath.Join(f.path, hex.EncodeToString(sum[:]))
}

// Load implements [native.Shelf].
func (f *folder) Load(name string) ([]byte, error) {
	value, err := os.ReadFile(f.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return value, err
}

// Save implements [native.Shelf]. After a crash there is the old value or the new one.
func (f *folder) Save(name string, value []byte) error {
	file, err := os.CreateTemp(f.path, temporary) // with the mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(value)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), f.file(name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return f.sync()
}

// sync makes the names in the folder safe.
func (f *folder) sync() error {
	dir, err := os.Open(f.path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
