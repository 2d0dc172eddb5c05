package collect_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"hallway/files"
	"hallway/files/collect"
	"hallway/files/disk"
)

// rows is a fake database.
type rows struct {
	known, doomed []string
	unused        []time.Time // the times of their upload
	err           error
}

func (r *rows) Doomed(_ context.Context, limit int) ([]string, error) {
	return slices.Clone(r.doomed[:min(limit, len(r.doomed))]), r.err
}

func (r *rows) Deleted(_ context.Context, keys []string) error {
	r.doomed = slices.DeleteFunc(r.doomed, func(key string) bool { return slices.Contains(keys, key) })
	return r.err
}

func (r *rows) Unknown(_ context.Context, keys []string) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return slices.Contains(r.known, key) }), r.err
}

func (r *rows) DropUnused(_ context.Context, before time.Time, limit int) (n int, err error) {
	r.unused = slices.DeleteFunc(r.unused, func(at time.Time) bool {
		drops := at.Before(before) && n < limit
		if drops {
			n++
			r.doomed = append(r.doomed, "unused")
		}
		return drops
	})
	return n, r.err
}

func TestCollector(t *testing.T) {
	store, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	if err := files.Claim(t.Context(), store, "database-1"); err != nil {
		t.Fatal(err)
	}
	put := func(keys ...string) {
		t.Helper()
		for _, key := range keys {
			if err := store.Put(t.Context(), key, strings.NewReader("x"), 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	r := &rows{known: []string{"kept"}, doomed: []string{"doomed", "gone-already"}}
	now := time.Now()
	swept := 0
	c := func(alone bool) *collect.Collector {
		return collect.New(collect.Options{
			Store: store, Rows: r, Alone: alone, Log: slog.New(slog.DiscardHandler), Swept: func(n int) { swept += n }, Now: func() time.Time { return now },
		})
	}
	want := func(what string, want ...string) {
		t.Helper()
		var got []string
		if err := store.List(t.Context(), func(b files.Blob) error { got = append(got, b.Key); return nil }); err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if want = append(want, "hallway-owner"); !slices.Equal(got, want) {
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
	}
	put("kept", "kept-320", "kept-1280", "doomed", "doomed-320", "orphan", "orphan-320", "unused")
	step := func(c *collect.Collector) {
		t.Helper()
		if err := c.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	step(c(false))
	want("beside others, the young are left", "kept", "kept-320", "kept-1280", "orphan", "orphan-320", "unused")
	if swept != 2 || len(r.doomed) > 0 {
		t.Errorf("%d were swept, %v are doomed", swept, r.doomed)
	}
	r.known = append(r.known, "unused")
	now = time.Now().Add(time.Second)
	alone := c(true)
	step(alone)
	want("alone, what was there before is swept", "kept", "kept-320", "kept-1280", "unused")
	put("under-way")
	now = now.Add(-time.Second)
	step(alone)
	want("an upload under way is left", "kept", "kept-320", "kept-1280", "under-way", "unused")

	r.unused = []time.Time{now}
	now = now.Add(24 * time.Hour)
	step(alone)
	want("unused for a day, and not more", "kept", "kept-320", "kept-1280", "unused")
	now = now.Add(time.Minute)
	step(alone)
	want("unused for longer", "kept", "kept-320", "kept-1280")

	r.err = errors.New("the database is down")
	put("orphan")
	if err := c(true).Step(t.Context()); !errors.Is(err, r.err) {
		t.Errorf("the database is down: %v", err)
	}
	want("nothing is deleted that the database cannot tell of", "kept", "kept-320", "kept-1280", "orphan")
}

// TestTurns checks that a collector deletes nothing when another one has the turn, even in the middle of its work.
func TestTurns(t *testing.T) {
	store, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	if err := store.Put(t.Context(), "orphan", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	r := &rows{doomed: []string{"doomed"}}
	turns := 0
	c := collect.New(collect.Options{
		Store: store, Rows: r, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Now().Add(2 * time.Hour) },
		Turn: func(context.Context) (bool, error) { turns--; return turns >= 0, nil },
	})
	for _, step := range []struct {
		turns, doomed int
		orphan        bool
	}{{0, 1, true}, {1, 1, true}, {2, 0, true}, {9, 0, false}} {
		turns = step.turns
		if err := c.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		body, _, err := store.Get(t.Context(), "orphan", 0, -1)
		if err == nil {
			_ = body.Close()
		}
		if len(r.doomed) != step.doomed || (err == nil) != step.orphan {
			t.Errorf("after %d turns: %d doomed, orphan: %v", step.turns, len(r.doomed), err)
		}
	}
}
