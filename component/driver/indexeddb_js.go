package driver

import (
	"context"
	"errors"
	"syscall/js"

	"hallway/component/client"
)

const (
	databaseName    = "hallway"
	databaseVersion = 1
	outboxStore     = "outbox"
)

// IndexedDBStorage stores outboxes in the browser's database of the page's
// origin. Each item is a record with the key [relay, user, room, id]. It is ready to use
// as &IndexedDBStorage{}, and opens the database at its first use.
type IndexedDBStorage struct {
	opening chan outcome // receives the result of an open under way; nil: none
	db      js.Value     // undefined: not open
	onClose js.Func      // the handler of db's versionchange event
}

var _ FileStorage = (*IndexedDBStorage)(nil)

func defaultStorage() Storage { return &IndexedDBStorage{} }

// Load implements [Storage].
func (s *IndexedDBStorage) Load(ctx context.Context, key Key) ([]client.Item, error) {
	transaction, err := s.begin(ctx, "readonly", "default")
	if err != nil {
		return nil, err
	}
	request, err := try(func() js.Value {
		// An array sorts after every string: the range holds all ids.
		all := js.Global().Get("IDBKeyRange").Call("bound", recordKey(key), recordKey(key, []any{}))
		return transaction.Call("objectStore", outboxStore).Call("getAll", all)
	})
	if err != nil {
		return nil, databaseError(err)
	}
	if err := awaitEvent(ctx, request, "onsuccess", "onerror"); err != nil {
		return nil, databaseError(err)
	}
	records := request.Get("result")
	var items []client.Item
	for i := range records.Length() {
		if item, ok := readItem(parse(records.Index(i).Get("item").String())); ok {
			items = append(items, item)
		}
	}
	sortItems(items)
	return items, nil
}

// Save implements [Storage]. It returns when the browser reports that the item is
// on disk.
func (s *IndexedDBStorage) Save(ctx context.Context, key Key, item client.Item) error {
	return s.change(ctx, "strict", func(store js.Value) js.Value {
		return putItem(store, key, item)
	})
}

func putItem(store js.Value, key Key, item client.Item) js.Value {
	return store.Call("put", map[string]any{
		"relay": key.Relay, "user": key.User, "room": key.Room, "id": item.ID, "item": stringify(itemRecord(item)),
	})
}

// Remove implements [Storage].
func (s *IndexedDBStorage) Remove(ctx context.Context, key Key, id string) error {
	return s.change(ctx, "relaxed", func(store js.Value) js.Value {
		files := js.Global().Get("IDBKeyRange").Call("bound", recordKey(key, filesBegin(id)), recordKey(key, filesEnd(id)))
		store.Call("delete", files)
		return store.Call("delete", recordKey(key, id))
	})
}

// Close implements [Storage].
func (s *IndexedDBStorage) Close() error {
	if s.opening != nil { // close the database if it still opens
		go func(opening chan outcome) {
			if o := <-opening; o.err == nil {
				o.value.Call("close")
			}
		}(s.opening)
	}
	s.forget()
	return nil
}

// change makes a change in one transaction.
func (s *IndexedDBStorage) change(ctx context.Context, durability string, do func(store js.Value) js.Value) error {
	transaction, err := s.begin(ctx, "readwrite", durability)
	if err != nil {
		return err
	}
	_, err = try(func() js.Value { return do(transaction.Call("objectStore", outboxStore)) })
	if err != nil {
		return databaseError(err)
	}
	// Every failure of the transaction ends in "abort".
	return databaseError(awaitEvent(ctx, transaction, "oncomplete", "onabort"))
}

// begin begins a transaction. It opens the database again if that was closed meanwhile (by the
// browser, or for a later version of the page).
func (s *IndexedDBStorage) begin(ctx context.Context, mode, durability string) (js.Value, error) {
	err := ctx.Err()
	if err != nil {
		return js.Undefined(), err
	}
	for range 2 {
		if err = s.open(ctx); err != nil {
			return js.Undefined(), databaseError(err)
		}
		var transaction js.Value
		transaction, err = try(func() js.Value {
			return s.db.Call("transaction", outboxStore, mode, map[string]any{"durability": durability})
		})
		if err == nil {
			return transaction, nil
		}
		s.forget()
	}
	return js.Undefined(), databaseError(err)
}

// open opens the database, unless it is open. It may hang while a page of another version keeps
// the database open. Then the next call continues to wait.
func (s *IndexedDBStorage) open(ctx context.Context) error {
	if s.db.Truthy() {
		return nil
	}
	if s.opening == nil {
		s.opening = make(chan outcome, 1)
		go func(opening chan outcome) {
			db, err := openDatabase()
			opening <- outcome{value: db, err: err}
		}(s.opening)
	}
	select {
	case o := <-s.opening:
		s.opening = nil
		if o.err != nil {
			return o.err
		}
		s.adopt(o.value)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// adopt starts to use a new connection. The connection is closed when another page wants to
// upgrade the database, because the upgrade would hang.
func (s *IndexedDBStorage) adopt(db js.Value) {
	s.db = db
	s.onClose = js.FuncOf(func(js.Value, []js.Value) any {
		db.Call("close")
		return nil
	})
	db.Set("onversionchange", s.onClose)
}

func (s *IndexedDBStorage) forget() {
	if !s.db.Truthy() {
		return
	}
	s.db.Set("onversionchange", js.Null())
	s.onClose.Release()
	s.db.Call("close")
	s.db = js.Undefined()
}

func openDatabase() (js.Value, error) {
	request, err := try(func() js.Value {
		databases := js.Global().Get("indexedDB")
		if !databases.Truthy() {
			return js.Undefined()
		}
		return databases.Call("open", databaseName, databaseVersion)
	})
	if err != nil {
		return js.Undefined(), err
	}
	if !request.Truthy() {
		return js.Undefined(), errors.New("there is no IndexedDB")
	}
	upgrade := js.FuncOf(func(js.Value, []js.Value) any {
		path := []any{"relay", "user", "room", "id"}
		request.Get("result").Call("createObjectStore", outboxStore, map[string]any{"keyPath": path})
		return nil
	})
	defer upgrade.Release()
	request.Set("onupgradeneeded", upgrade)
	if err := awaitEvent(context.Background(), request, "onsuccess", "onerror"); err != nil {
		return js.Undefined(), err
	}
	return request.Get("result"), nil
}

// recordKey returns the key of a record. Without an id it returns the common start of all keys of
// an outbox.
func recordKey(key Key, id ...any) []any {
	return append([]any{key.Relay, key.User, key.Room}, id...)
}

func databaseError(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	kind := ErrNoStorage
	var script *scriptError
	if errors.As(err, &script) && script.name == "QuotaExceededError" {
		kind = ErrStorageFull
	}
	return errors.Join(kind, err)
}
