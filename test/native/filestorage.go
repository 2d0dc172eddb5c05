package native

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"hallway/component/client"
	"hallway/component/driver"
)

const (
	// itemFileBytesMax bounds the bytes read as one item.
	itemFileBytesMax = 1 << 20
	// unfinishedAge is the age at which a file of an unfinished save is removed. A save is always faster.
	unfinishedAge = time.Hour

	itemSuffix       = ".json"
	unfinishedPrefix = "unfinished-"
)

// itemVersion is the version of a file's encoding.
const itemVersion = 1

// storedItem is the content of a file.
type storedItem struct {
	Version int `json:"v"`
	client.Item
}

// fileStorage keeps outboxes in a folder: one file for each item, and one for the bytes of each of the item's files. It writes a file under another name, syncs it,
// renames it and syncs the folder, so that a crash leaves the old item or the new one. Names are hashes, so that no text from
// outside becomes a part of a path.
type fileStorage struct {
	folder string
	made   map[string]bool // folders of outboxes that exist durably

	// step is called before each step of a save. A test lets it panic, which leaves the files of a crash.
	step func(name string)
}

var _ driver.Storage = (*fileStorage)(nil)

// newFileStorage returns a storage in folder, which it makes at the first write; the folder's parent must exist.
func newFileStorage(folder string) *fileStorage {
	return &fileStorage{folder: folder, made: map[string]bool{}, step: func(string) {}}
}

// Load implements [driver.Storage].
func (s *fileStorage) Load(ctx context.Context, key driver.Key) ([]client.Item, error) {
	outbox := s.outbox(key)
	entries, err := os.ReadDir(outbox)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fileError("load the outbox", err)
	}
	var items []client.Item
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		path := filepath.Join(outbox, entry.Name())
		if strings.HasPrefix(entry.Name(), unfinishedPrefix) {
			clearUnfinished(path, entry)
		}
		clearBytes(outbox, entry)
		if !strings.HasSuffix(entry.Name(), itemSuffix) {
			continue
		}
		data, err := readFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // another program has removed it meanwhile
		}
		if err != nil {
			return nil, fileError("load the outbox", err)
		}
		var stored storedItem
		if json.Unmarshal(data, &stored) == nil && stored.Version == itemVersion {
			items = append(items, stored.Item)
		}
	}
	slices.SortFunc(items, func(a, b client.Item) int { return cmp.Compare(a.Order, b.Order) })
	return items, nil
}

// Save implements [driver.Storage].
func (s *fileStorage) Save(ctx context.Context, key driver.Key, item client.Item) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	data, err := json.Marshal(storedItem{Version: itemVersion, Item: item})
	if err != nil {
		return fileError("save an item", err)
	}
	outbox := s.outbox(key)
	if err := s.make(outbox); err != nil {
		return fileError("save an item", err)
	}
	if err := s.write(outbox, hashed(item.ID)+itemSuffix, data); err != nil {
		return fileError("save an item", err)
	}
	return nil
}

// Remove implements [driver.Storage]. The folder is not synced: see [driver.Storage].
func (s *fileStorage) Remove(ctx context.Context, key driver.Key, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := os.Remove(filepath.Join(s.outbox(key), hashed(id)+itemSuffix))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileError("remove an item", err)
	}
	if err := s.removeBytes(s.outbox(key), id); err != nil {
		return fileError("remove an item", err)
	}
	return nil
}

// Close implements [driver.Storage].
func (s *fileStorage) Close() error { return nil }

// make makes an outbox's folder, durably.
func (s *fileStorage) make(outbox string) error {
	if s.made[outbox] {
		return nil
	}
	for _, folder := range []string{s.folder, outbox} {
		if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		// This is also done for an existing folder, because its maker may have crashed before the sync.
		if err := syncFolder(filepath.Dir(folder)); err != nil {
			return err
		}
	}
	s.made[outbox] = true
	return nil
}

// write writes a file of the folder completely, or not at all.
func (s *fileStorage) write(folder, name string, data []byte) error {
	s.step("create")
	file, err := os.CreateTemp(folder, unfinishedPrefix+"*")
	if err != nil {
		return err
	}
	err = s.fill(file, data)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		s.step("rename")
		err = os.Rename(file.Name(), filepath.Join(folder, name))
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return err
	}
	s.step("sync folder")
	return syncFolder(folder)
}

func (s *fileStorage) fill(file *os.File, data []byte) error {
	s.step("write")
	if _, err := file.Write(data); err != nil {
		return err
	}
	s.step("sync file")
	return file.Sync()
}

func (s *fileStorage) outbox(key driver.Key) string {
	return filepath.Join(s.folder, hashed(key.Relay, key.User, key.Room))
}

// hashed returns a name for a list of parts. It first hashes each part alone, so that different lists give different names.
func hashed(parts ...string) string {
	all := sha256.New()
	for _, part := range parts {
		one := sha256.Sum256([]byte(part))
		all.Write(one[:])
	}
	return hex.EncodeToString(all.Sum(nil))
}

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, itemFileBytesMax))
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

func clearUnfinished(path string, entry fs.DirEntry) {
	if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > unfinishedAge {
		_ = os.Remove(path)
	}
}

func fileError(what string, err error) error {
	kind := driver.ErrNoStorage
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		kind = driver.ErrStorageFull
	}
	return fmt.Errorf("%s: %w: %w", what, kind, err)
}
