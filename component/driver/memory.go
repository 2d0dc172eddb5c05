package driver

import (
	"context"
	"maps"
	"slices"
	"sync"

	"hallway/component/client"
)

// MemoryStorage stores outboxes in memory. It is ready to use as &MemoryStorage{}.
// Several drivers may share it, and it outlives them.
type MemoryStorage struct {
	mu       sync.Mutex
	outboxes map[Key]map[string]client.Item
	files    map[storedFile]Blob
}

// storedFile names a file that is stored with an item.
type storedFile struct {
	key        Key
	item, file string
}

var _ FileStorage = (*MemoryStorage)(nil)

// Load implements [Storage].
func (s *MemoryStorage) Load(ctx context.Context, key Key) ([]client.Item, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	items := slices.Collect(maps.Values(s.outboxes[key]))
	sortItems(items)
	return items, nil
}

// Save implements [Storage].
func (s *MemoryStorage) Save(ctx context.Context, key Key, item client.Item) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.outboxes == nil {
		s.outboxes = map[Key]map[string]client.Item{}
	}
	if s.outboxes[key] == nil {
		s.outboxes[key] = map[string]client.Item{}
	}
	s.outboxes[key][item.ID] = item
	return nil
}

// Remove implements [Storage].
func (s *MemoryStorage) Remove(ctx context.Context, key Key, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.outboxes[key], id)
	maps.DeleteFunc(s.files, func(f storedFile, _ Blob) bool { return f.key == key && f.item == id })
	return nil
}

// SaveFiles implements [FileStorage].
func (s *MemoryStorage) SaveFiles(ctx context.Context, key Key, item client.Item, files map[string]Blob) error {
	if err := s.Save(ctx, key, item); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = map[storedFile]Blob{}
	}
	for id, b := range files {
		s.files[storedFile{key, item.ID, id}] = b
	}
	return nil
}

// LoadFile implements [FileStorage].
func (s *MemoryStorage) LoadFile(ctx context.Context, key Key, item, file string) (b Blob, err error) {
	if err := ctx.Err(); err != nil {
		return b, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.files[storedFile{key, item, file}]
	if !ok {
		return b, ErrNoFile
	}
	return b, nil
}

// Close implements [Storage]. The outboxes stay.
func (s *MemoryStorage) Close() error { return nil }
