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

// folder is a [native.Shelf] on disk: a file for each value, readable by its owner only.
type folder struct{ path string }

var _ native.Shelf = (*folder)(nil)

// openFolder makes the folder if it is missing, and checks that it is writable.
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

// temporary is the pattern of incomplete files. A crash may leave one; nothing reads it.
const temporary = "new-*"

// file returns the path of a value. A name contains a URL and a user's id, so the file is named by its hash.
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

// Save implements [native.Shelf]. After a crash the folder holds the old value or the new one.
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

// sync makes new names in the folder durable.
func (f *folder) sync() error {
	dir, err := os.Open(f.path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
