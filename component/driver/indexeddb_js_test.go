package driver_test

import (
	"errors"
	"syscall/js"
	"testing"

	"hallway/component/client"
	"hallway/component/driver"
	"hallway/component/driver/storagetest"
)

// TestIndexedDBStorage runs the suite in a browser, each part on a new
// database. Elsewhere (Node) it checks the error of a missing IndexedDB.
func TestIndexedDBStorage(t *testing.T) {
	if !js.Global().Get("indexedDB").Truthy() {
		err := (&driver.IndexedDBStorage{}).Save(t.Context(), driver.Key{}, client.Item{ID: "a"})
		if !errors.Is(err, driver.ErrNoStorage) {
			t.Errorf("without IndexedDB: got %v", err)
		}
		return
	}
	place := func(t *testing.T) func() driver.Storage {
		deleteDatabase(t)
		return func() driver.Storage { return &driver.IndexedDBStorage{} }
	}
	storagetest.Run(t, place)
	t.Run("files", func(t *testing.T) { storagetest.RunFiles(t, place) })
}

// TestIndexedDBGivesWay deletes the database under an open connection, and then uses the
// storage again. The deletion would block for ever if the connection stayed open.
func TestIndexedDBGivesWay(t *testing.T) {
	if !js.Global().Get("indexedDB").Truthy() {
		return
	}
	s := &driver.IndexedDBStorage{}
	defer s.Close()
	for range 2 {
		deleteDatabase(t)
		items, err := s.Load(t.Context(), driver.Key{})
		if err != nil || len(items) > 0 {
			t.Fatalf("got %v, %v", items, err)
		}
		if err := s.Save(t.Context(), driver.Key{}, client.Item{ID: "a"}); err != nil {
			t.Fatal(err)
		}
	}
}

func deleteDatabase(t *testing.T) {
	t.Helper()
	deleted := make(chan string, 1)
	request := js.Global().Get("indexedDB").Call("deleteDatabase", "hallway")
	for _, event := range []string{"success", "error"} {
		callback := js.FuncOf(func(js.Value, []js.Value) any {
			deleted <- event
			return nil
		})
		defer callback.Release()
		request.Set("on"+event, callback)
	}
	if how := <-deleted; how != "success" {
		t.Fatal("deleting the database ended in ", how)
	}
}
