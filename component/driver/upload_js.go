package driver

import (
	"context"
	"errors"
	"syscall/js"

	"hallway/component/client"
)

// Blob is the bytes of a file: the browser's Blob, or File.
type Blob = js.Value

// put sends the bytes of a file. It calls the page's hallway.upload, because fetch does not report progress.
func put(ctx context.Context, url, token string, bytes Blob, sent func(n int64)) (answer, error) {
	progress := js.FuncOf(func(_ js.Value, args []js.Value) any {
		n := int64(args[0].Float())
		go sent(n) // a callback must not wait
		return nil
	})
	defer progress.Release()
	controller := js.Global().Get("AbortController").New()
	defer controller.Call("abort") // after this nobody calls progress
	got, err := Await(ctx, func() js.Value {
		return js.Global().Call("upload", url, token, bytes, progress, controller.Get("signal"))
	})
	if err != nil {
		return answer{}, err
	}
	if got.Get("lost").Truthy() {
		return answer{}, ErrNoFile
	}
	return answer{
		status:     got.Get("status").Int(),
		retryAfter: got.Get("retryAfter").String(),
		body:       []byte(got.Get("body").String()),
	}, nil
}

// filesBegin and filesEnd return the bounds of the ids of an item's file records. Such an id is an
// array of the item's id and the file's. Arrays sort after every string, so that Load does not
// see these records.
func filesBegin(item string) []any { return []any{item} }
func filesEnd(item string) []any   { return []any{item, []any{}} }

// SaveFiles implements [FileStorage].
func (s *IndexedDBStorage) SaveFiles(ctx context.Context, key Key, item client.Item, files map[string]Blob) error {
	return s.change(ctx, "strict", func(store js.Value) js.Value {
		for id, bytes := range files {
			store.Call("put", map[string]any{
				"relay": key.Relay, "user": key.User, "room": key.Room, "id": []any{item.ID, id}, "bytes": bytes,
			})
		}
		return putItem(store, key, item)
	})
}

// LoadFile implements [FileStorage].
func (s *IndexedDBStorage) LoadFile(ctx context.Context, key Key, item, file string) (Blob, error) {
	transaction, err := s.begin(ctx, "readonly", "default")
	if err != nil {
		return js.Undefined(), err
	}
	request, err := try(func() js.Value {
		return transaction.Call("objectStore", outboxStore).Call("get", recordKey(key, []any{item, file}))
	})
	if err == nil {
		err = awaitEvent(ctx, request, "onsuccess", "onerror")
	}
	if err != nil {
		return js.Undefined(), databaseError(err)
	}
	record := request.Get("result")
	if !record.Truthy() {
		return js.Undefined(), ErrNoFile
	}
	bytes := record.Get("bytes")
	// A browser may have lost the stored bytes. Then reading fails.
	if _, err := Await(ctx, func() js.Value { return bytes.Call("slice", 0, 1).Call("arrayBuffer") }); err != nil {
		return js.Undefined(), errors.Join(ErrNoFile, err)
	}
	return bytes, nil
}
