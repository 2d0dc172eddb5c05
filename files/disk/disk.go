package disk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"hallway/files"
)

// Store is a [files.Store] in a folder.
type Store struct {
	root string
	lock *os.File
}

var (
	_ files.Store   = (*Store)(nil)
	_ files.Sweeper = (*Store)(nil)
)

const (
	temporary = "tmp"
	lockName  = "lock"
	// shardBytes is the number of a key's first bytes that name its folder.
	shardBytes = 2
)

// Open opens a folder, and creates it if it is missing. Only one process can have it open.
func Open(root string) (*Store, error) { return open(root, false) }

// OpenShared opens a folder for relays that share it, and creates it if it is missing. Open fails while a relay has the
// folder open by OpenShared, and the reverse.
func OpenShared(root string) (*Store, error) { return open(root, true) }

func open(root string, shared bool) (*Store, error) {
	s := &Store{root: root}
	if err := s.open(shared); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("open the folder of files %q: %w", root, cause(err))
	}
	return s, nil
}

// OpenBeside opens a folder that a relay may be using, to read it and to delete unknown blobs.
func OpenBeside(root string) (*Store, error) {
	if _, err := os.Stat(root); err != nil {
		return nil, fmt.Errorf("open the folder of files %q: %w", root, cause(err))
	}
	return &Store{root: root}, nil
}

func (s *Store) open(shared bool) (err error) {
	if err = os.MkdirAll(s.root, 0o700); err != nil {
		return err
	}
	if s.lock, err = os.OpenFile(filepath.Join(s.root, lockName), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return err
	}
	if err = lockFile(s.lock, shared); err != nil {
		return err
	}
	if !shared {
		if err = os.RemoveAll(s.Temp()); err != nil {
			return err
		}
	}
	if err = os.MkdirAll(s.Temp(), 0o700); err != nil {
		return err
	}
	return syncDir(s.root)
}

// Root returns the folder.
func (s *Store) Root() string { return s.root }

// Temp returns a folder at the same place for files that are not complete. Open empties it.
func (s *Store) Temp() string { return filepath.Join(s.root, temporary) }

// cause removes from an error the operation and path, which the caller names itself.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// Close releases the folder.
func (s *Store) Close() error {
	if s.lock == nil {
		return nil
	}
	return s.lock.Close()
}

// Put implements [files.Store].
func (s *Store) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	path, err := s.path(key)
	if err != nil {
		return err
	}
	return s.put(ctx, path, r, size)
}

func (s *Store) put(ctx context.Context, path string, r io.Reader, size int64) (err error) {
	if err = os.MkdirAll(filepath.Join(s.root, temporary), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Join(s.root, temporary), "")
	if err != nil {
		return err
	}
	name := f.Name()
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(name)
		}
	}()
	if n, err := io.Copy(f, io.LimitReader(r, size)); err != nil {
		return err
	} else if n < size {
		return io.ErrUnexpectedEOF
	}
	if err = ctx.Err(); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return s.rename(name, path)
}

// rename gives a complete blob its name.
func (s *Store) rename(name, path string) error {
	dir := filepath.Dir(path)
	switch err := os.Mkdir(dir, 0o700); {
	case err == nil:
		if err := syncDir(s.root); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	// A link, unlike a rename, replaces no other blob; but some file systems have no links.
	err := os.Link(name, path)
	switch {
	case err == nil:
		err = os.Remove(name)
	case !errors.Is(err, fs.ErrExist):
		err = os.Rename(name, path)
	}
	if err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		_ = os.Remove(path)
		return err
	}
	return nil
}

// Get implements [files.Store].
func (s *Store) Get(_ context.Context, key string, offset, length int64) (io.ReadCloser, int64, error) {
	path, err := s.path(key)
	if err != nil {
		return nil, 0, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, files.ErrNotFound
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, 0, err
	}
	left := max(info.Size()-offset, 0)
	if length >= 0 {
		left = min(left, length)
	}
	return &part{SectionReader: io.NewSectionReader(f, offset, left), file: f}, info.Size(), nil
}

// part is a part of an open file.
type part struct {
	*io.SectionReader
	file *os.File
}

func (p *part) Close() error { return p.file.Close() }

// Delete implements [files.Store].
func (s *Store) Delete(_ context.Context, key string) error {
	path, err := s.path(key)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// List implements [files.Store].
func (s *Store) List(ctx context.Context, each func(files.Blob) error) error {
	shards, err := os.ReadDir(s.root)
	if err != nil {
		return err
	}
	for _, shard := range shards {
		if !shard.IsDir() || len(shard.Name()) != shardBytes {
			continue
		}
		blobs, err := os.ReadDir(filepath.Join(s.root, shard.Name()))
		if err != nil {
			return err
		}
		for _, blob := range blobs {
			info, err := blob.Info()
			if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() || !files.ValidKey(blob.Name()) {
				continue
			}
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				err = each(files.Blob{Key: blob.Name(), Size: info.Size(), Stored: info.ModTime()})
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Sweep implements [files.Sweeper].
func (s *Store) Sweep(ctx context.Context, before time.Time) error {
	left, err := os.ReadDir(s.Temp())
	for _, one := range left {
		info, gone := one.Info()
		if gone != nil || !info.ModTime().Before(before) {
			continue
		}
		err = errors.Join(err, os.Remove(filepath.Join(s.Temp(), one.Name())), ctx.Err())
	}
	return err
}

// path returns the path of a blob.
func (s *Store) path(key string) (string, error) {
	if !files.ValidKey(key) {
		return "", files.ErrKey
	}
	return filepath.Join(s.root, key[:shardBytes], key), nil
}
