package driver

import (
	"context"
	"errors"

	"hallway/component/client"
)

// The errors of a [Storage], wrapped with their cause.
var (
	// ErrNoStorage means that the storage is missing or cannot be used (a browser's
	// private mode, a read-only folder).
	ErrNoStorage = errors.New("the storage cannot be used")
	// ErrStorageFull means that the storage is full.
	ErrStorageFull = errors.New("the storage is full")
)

// Key names an outbox by its relay, user and room.
type Key struct{ Relay, User, Room string }

// Storage stores outboxes so that they outlive the program. One goroutine at a time uses it.
// A method returns the context's error when the context ends. Every other error wraps
// [ErrNoStorage] or [ErrStorageFull]. storagetest.Run tests an implementation.
type Storage interface {
	// Load returns the items of an outbox, ascending by Order. It skips items that
	// this version cannot read, and leaves them in the storage.
	Load(ctx context.Context, key Key) ([]client.Item, error)
	// Save stores an item, and replaces the one with the same ID. When it returns nil the
	// item survives a crash, as far as the platform can promise. When it fails, or the
	// program crashes, the stored item is the old or the new one.
	Save(ctx context.Context, key Key, item client.Item) error
	// Remove removes an item. A missing item is not an error. The item may come back
	// after a crash.
	Remove(ctx context.Context, key Key, id string) error
	// Close ends the use of the storage. No other method is called after it.
	Close() error
}

// sortItems sorts items by Order. There are at most [client.OutboxMax] items. The sort of package slices would add
// 3 KB to the page.
func sortItems(items []client.Item) {
	for i := range items {
		item, at := items[i], i
		for at > 0 && (items[at-1].Order > item.Order || items[at-1].Order == item.Order && items[at-1].ID > item.ID) {
			at--
		}
		copy(items[at+1:i+1], items[at:i])
		items[at] = item
	}
}
