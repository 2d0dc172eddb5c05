package driver

import (
	"context"
	"errors"

	"hallway/component/client"
)

// The errors of a [Storage], wrapped with their cause.
var (
	// ErrNoStorage means that the storage is missing or cannot be used (a browser's
	// private mode, a folder that may not be written to).
	ErrNoStorage = errors.New("the storage cannot be used")
	// ErrStorageFull means that the storage is full.
	ErrStorageFull = errors.New("the storage is full")
)

// Key names an outbox by its relay, user and room.
type Key struct{ Relay, User, Room string }

// Storage keeps outboxes beyond the life of the program. It is used by one
// goroutine at a time. A method gives up, with the context's error, when the context
// ends. Every other error wraps [ErrNoStorage] or [ErrStorageFull].
// storagetest.Run tests an implementation.
type Storage interface {
	// Load returns the items of an outbox, ascending by Order. It leaves items that
	// this version cannot read in the storage, and does not return them.
	Load(ctx context.Context, key Key) ([]client.Item, error)
	// Save stores an item in place of the one with its ID. When it returns nil the
	// item survives a crash, as far as the platform can promise; when it fails, or
	// is cut short by a crash, the item is the old or the new one.
	Save(ctx context.Context, key Key, item client.Item) error
	// Remove removes an item. A missing item is not an error. After a crash the item
	// may be there again.
	Remove(ctx context.Context, key Key, id string) error
	// Close ends the use of the storage. No other method is called after it.
	Close() error
}

// sortItems puts items into the order in which they were written. They are at most [client.OutboxMax]. The sort of package
// slices would add 3 KB to a page.
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
