package native

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hallway/component/client"
	"hallway/component/driver"
)

// bytesSuffix ends the name of a file that has the bytes of an item's file: ITEM.FILE.bytes.
const bytesSuffix = ".bytes"

var _ driver.FileStorage = (*fileStorage)(nil)

// SaveFiles implements [driver.FileStorage]. It writes the item last: files without an item do not count.
func (s *fileStorage) SaveFiles(ctx context.Context, key driver.Key, item client.Item, files map[string]driver.Blob) error {
	outbox := s.outbox(key)
	if err := s.make(outbox); err != nil {
		return fileError("save files", err)
	}
	for id, bytes := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.write(outbox, bytesName(item.ID, id), bytes); err != nil {
			return fileError("save files", err)
		}
	}
	return s.Save(ctx, key, item)
}

// LoadFile implements [driver.FileStorage].
func (s *fileStorage) LoadFile(ctx context.Context, key driver.Key, item, file string) (driver.Blob, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	bytes, err := os.ReadFile(filepath.Join(s.outbox(key), bytesName(item, file)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(driver.ErrNoFile, err)
	}
	if err != nil {
		return nil, fileError("load a file", err)
	}
	return bytes, nil
}

func bytesName(item, file string) string { return hashed(item) + "." + hashed(file) + bytesSuffix }

// removeBytes removes the bytes of an item's files.
func (s *fileStorage) removeBytes(outbox, item string) error {
	all, err := filepath.Glob(filepath.Join(outbox, hashed(item)+".*"+bytesSuffix))
	for _, path := range all {
		if removed := os.Remove(path); removed != nil && !errors.Is(removed, fs.ErrNotExist) {
			err = removed
		}
	}
	return err
}

// clearBytes removes bytes without an item: a crash came between their saves, or between their removals.
func clearBytes(outbox string, entry fs.DirEntry) {
	item, _, ok := strings.Cut(entry.Name(), ".")
	if !ok || !strings.HasSuffix(entry.Name(), bytesSuffix) {
		return
	}
	info, err := entry.Info()
	if err != nil || time.Since(info.ModTime()) < unfinishedAge {
		return
	}
	if _, err := os.Stat(filepath.Join(outbox, item+itemSuffix)); errors.Is(err, fs.ErrNotExist) {
		_ = os.Remove(filepath.Join(outbox, entry.Name()))
	}
}
