package driver

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"hallway/component/client"
)

// The errors of a [Storage], wrapped with what happened.
var (
	// ErrNoStorage: there is no storage here, or it cannot be used (a browser's
	// private mode, a folder that may not be written to).
	ErrNoStorage = errors.New("the storage cannot be used")
	// ErrStorageFull: there is no room left.
	ErrStorageFull = errors.New("the storage is full")
)

// Key names an outbox: whose messages, to which room of which relay.
type Key struct{ Relay, User, Room string }

// Storage keeps outboxes beyond the life of the program. It is used by one
// goroutine at a time, and given up, with the context's error, when the context
// ends. Every other error wraps [ErrNoStorage] or [ErrStorageFull].
// storagetest.Run tests an implementation.
type Storage interface {
	// Load gives the items of an outbox in the order of their Order. Items that
	// this version cannot read are left where they are and not given.
	Load(ctx context.Context, key Key) ([]client.Item, error)
	// Save stores an item in place of the one with its ID. When it returns nil the
	// item survives a crash, as far as the platform can promise; when it fails, or
	// is cut short by a crash, the item is as before or as it was to be.
	Save(ctx context.Context, key Key, item client.Item) error
	// Remove removes an item; one that is not there is no error. After a crash it
	// may be there again.
	Remove(ctx context.Context, key Key, id string) error
	// Close ends the use of the storage. No other method is called after it.
	Close() error
}

// sortItems puts items into the order in which they were written.
func sortItems(items []client.Item) {
	slices.SortFunc(items, func(a, b client.Item) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
}
