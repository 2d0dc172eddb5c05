// Package storagetest tests implementations of [driver.Storage], natively and in a browser. The main function is [Run]. To add
// a requirement, add a subtest to Run. The package must not know how any storage works.
package storagetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"hallway/component/client"
	"hallway/component/driver"
)

// Run tests a storage. place prepares a new, empty place for outboxes, and returns a
// function that opens a storage there, like each start of a program.
func Run(t *testing.T, place func(t *testing.T) (open func() driver.Storage)) {
	tests := []struct {
		name string
		test func(t *testing.T, open func() driver.Storage)
	}{
		{"an outbox that nobody has written to is empty", empty},
		{"items come back whole and in their order", whole},
		{"a save replaces the item", replaced},
		{"a removed item is gone", removed},
		{"outboxes are kept apart", keptApart},
		{"any text may be an id", anyID},
		{"items survive the program's end", survives},
		{"an ended context stops the work", stopped},
		{"a full outbox fits", full},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.test(t, place(t)) })
	}
}

var key = driver.Key{Relay: "https://chat.example.org", User: "u_17", Room: "lobby"}

func empty(t *testing.T, open func() driver.Storage) {
	s := opened(t, open)
	expect(t, s, key)
}

func whole(t *testing.T, open func() driver.Storage) {
	s := opened(t, open)
	items := []client.Item{
		{ID: "b", Text: "first", SentAt: "2026-11-23T09:15:01.002Z", Order: 1},
		{ID: "c", Text: "quotes \" \\ and\nlines\tand <b>&amp;</b> 👍 \u2028 é", ReplyTo: "b", Order: 2},
		{ID: "a", Text: strings.Repeat("\x7f☃", 2000), Order: 1 << 52, Code: "too_large", Reason: "It is too long."},
	}
	for _, i := range []int{2, 0, 1} {
		save(t, s, key, items[i])
	}
	expect(t, s, key, items...)
}

func replaced(t *testing.T, open func() driver.Storage) {
	s := opened(t, open)
	save(t, s, key, client.Item{ID: "a", Text: "one", Order: 1, Code: "conflict", Reason: "no"})
	save(t, s, key, client.Item{ID: "b", Text: "two", Order: 2})
	save(t, s, key, client.Item{ID: "a", Text: "one", Order: 3})
	expect(t, s, key, client.Item{ID: "b", Text: "two", Order: 2}, client.Item{ID: "a", Text: "one", Order: 3})
}

func removed(t *testing.T, open func() driver.Storage) {
	s := opened(t, open)
	remove(t, s, key, "a")
	save(t, s, key, client.Item{ID: "a", Text: "one", Order: 1})
	save(t, s, key, client.Item{ID: "b", Text: "two", Order: 2})
	remove(t, s, key, "a")
	remove(t, s, key, "a")
	expect(t, s, key, client.Item{ID: "b", Text: "two", Order: 2})
}

func keptApart(t *testing.T, open func() driver.Storage) {
	s := opened(t, open)
	keys := []driver.Key{
		{Relay: "r", User: "u", Room: "m"},
		{Relay: "r", User: "u", Room: "n"},
		{Relay: "r", User: "v", Room: "m"},
		{Relay: "s", User: "u", Room: "m"},
		{Relay: "ru", User: "", Room: "m"},
		{Relay: "r", User: "um", Room: ""},
		{Relay: "r/u", User: "m", Room: "../x"},
	}
	for i, k := range keys {
		save(t, s, k, client.Item{ID: "a", Text: fmt.Sprint("in outbox ", i), Order: 1})
	}
	remove(t, s, keys[0], "a")
	expect(t, s, keys[0])
	for i, k := range keys[1:] {
		expect(t, s, k, client.Item{ID: "a", Text: fmt.Sprint("in outbox ", i+1), Order: 1})
	}
}

func anyID(t *testing.T, open func() driver.Storage) {
	s := opened(t, open)
	var items []client.Item
	for i, id := range []string{"", ".", "../a", "/", "a\x00b", "A", "a", strings.Repeat("long", 200), "👍"} {
		item := client.Item{ID: id, Text: "text", Order: int64(i)}
		save(t, s, key, item)
		items = append(items, item)
	}
	expect(t, s, key, items...)
	for _, item := range items {
		remove(t, s, key, item.ID)
	}
	expect(t, s, key)
}

func survives(t *testing.T, open func() driver.Storage) {
	one := client.Item{ID: "a", Text: "one", Order: 1}
	two := client.Item{ID: "b", Text: "two", Order: 2}
	killed := open() // never closed
	save(t, killed, key, one)
	closed := opened(t, open)
	expect(t, closed, key, one)
	save(t, closed, key, two)
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	expect(t, opened(t, open), key, one, two)
}

func stopped(t *testing.T, open func() driver.Storage) {
	s := opened(t, open)
	save(t, s, key, client.Item{ID: "a", Text: "one", Order: 1})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Save(ctx, key, client.Item{ID: "b", Text: "two", Order: 2}); !errors.Is(err, context.Canceled) {
		t.Errorf("save: got %v", err)
	}
	if err := s.Remove(ctx, key, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("remove: got %v", err)
	}
	if _, err := s.Load(ctx, key); !errors.Is(err, context.Canceled) {
		t.Errorf("load: got %v", err)
	}
	expect(t, s, key, client.Item{ID: "a", Text: "one", Order: 1})
}

func full(t *testing.T, open func() driver.Storage) {
	s := opened(t, open)
	var items []client.Item
	for i := range 1000 {
		item := client.Item{ID: fmt.Sprint(i), Text: "text", Order: int64(i)}
		save(t, s, key, item)
		items = append(items, item)
	}
	expect(t, s, key, items...)
}

// opened opens a storage, and closes it with the test.
func opened(t *testing.T, open func() driver.Storage) driver.Storage {
	s := open()
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func save(t *testing.T, s driver.Storage, k driver.Key, item client.Item) {
	t.Helper()
	if err := s.Save(t.Context(), k, item); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, s driver.Storage, k driver.Key, id string) {
	t.Helper()
	if err := s.Remove(t.Context(), k, id); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, s driver.Storage, k driver.Key, want ...client.Item) {
	t.Helper()
	got, err := s.Load(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Fatalf("the outbox holds\n%+v\nwant\n%+v", got, want)
	}
}
