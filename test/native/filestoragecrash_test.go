package native

import (
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"hallway/component/client"
)

// TestFileStorageCrash crashes a save before each of its steps. Afterwards the item must be the old one, or, after the rename, the
// new one.
func TestFileStorageCrash(t *testing.T) {
	steps := []string{"create", "write", "sync file", "rename", "sync folder"}
	before := client.Item{ID: "a", Text: "before", Order: 1}
	after := client.Item{ID: "a", Text: "after", Order: 2}

	for i, crash := range steps {
		folder := filepath.Join(t.TempDir(), "outbox")
		s := newFileStorage(folder)
		if err := s.Save(t.Context(), key, before); err != nil {
			t.Fatal(err)
		}
		var taken []string
		s.step = func(name string) {
			if name == crash {
				panic("crash")
			}
			taken = append(taken, name)
		}
		func() {
			defer func() { _ = recover() }()
			_ = s.Save(t.Context(), key, after)
			t.Errorf("a save has no step %q", crash)
		}()
		if !slices.Equal(taken, steps[:i]) {
			t.Errorf("before %q: got the steps %q", crash, taken)
		}

		want := before
		if crash == "sync folder" {
			want = after
		}
		s = newFileStorage(folder)
		if items, err := s.Load(t.Context(), key); err != nil || len(items) != 1 || !reflect.DeepEqual(items[0], want) {
			t.Errorf("after a crash before %q: got %+v, %v", crash, items, err)
		}
		if err := s.Save(t.Context(), key, after); err != nil {
			t.Errorf("after a crash before %q: %v", crash, err)
		}
		if items, err := s.Load(t.Context(), key); err != nil || len(items) != 1 || !reflect.DeepEqual(items[0], after) {
			t.Errorf("saved again after a crash before %q: got %+v, %v", crash, items, err)
		}
	}
}
