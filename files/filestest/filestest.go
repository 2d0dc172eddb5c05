// Package filestest is the test suite that every [files.Store] passes. The main function is [Run]. A new requirement
// for stores is a subtest of Run.
//
// # What this package must not know
//
// How a store keeps its blobs.
package filestest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hallway/files"
)

// Run runs the suite. open returns a new, empty store each time.
func Run(t *testing.T, open func(t *testing.T) files.Store) {
	for name, test := range map[string]func(*testing.T, files.Store){
		"what was put comes back":          comesBack,
		"a part comes back":                parts,
		"an upload that breaks off":        breaksOff,
		"more bytes than announced":        more,
		"names that lead elsewhere":        badKeys,
		"what is deleted is gone":          deletes,
		"many at once":                     parallel,
		"a claim keeps another one out":    claims,
		"a cancelled list ends":            cancels,
		"a blob can be deleted while read": deletedWhileRead,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func put(t *testing.T, s files.Store, key, content string) {
	t.Helper()
	if err := s.Put(t.Context(), key, strings.NewReader(content), int64(len(content))); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func get(t *testing.T, s files.Store, key string, offset, length int64) string {
	t.Helper()
	body, _, err := s.Get(t.Context(), key, offset, length)
	if err != nil {
		t.Fatalf("get %s: %v", key, err)
	}
	content, err := io.ReadAll(body)
	if err = errors.Join(err, body.Close()); err != nil {
		t.Fatalf("read %s: %v", key, err)
	}
	return string(content)
}

func keys(t *testing.T, s files.Store) (all []string) {
	t.Helper()
	err := s.List(t.Context(), func(b files.Blob) error {
		if age := time.Since(b.Stored); age < -time.Minute || age > time.Hour {
			t.Errorf("%s is %v old", b.Key, age)
		}
		all = append(all, fmt.Sprint(b.Key, ":", b.Size))
		return nil
	})
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	slices.Sort(all)
	return all
}

func comesBack(t *testing.T, s files.Store) {
	large := strings.Repeat("0123456789abcdef", 100_000)
	put(t, s, "small", "hello")
	put(t, s, "none", "")
	put(t, s, "large", large)
	for key, want := range map[string]string{"small": "hello", "none": "", "large": large} {
		if got := get(t, s, key, 0, -1); got != want {
			t.Errorf("%s: %d bytes come back, %d were put", key, len(got), len(want))
		}
	}
	if got := keys(t, s); !slices.Equal(got, []string{"large:1600000", "none:0", "small:5"}) {
		t.Errorf("listed: %v", got)
	}
	if _, _, err := s.Get(t.Context(), "other", 0, -1); !errors.Is(err, files.ErrNotFound) {
		t.Errorf("a blob that was never put: %v", err)
	}
}

func parts(t *testing.T, s files.Store) {
	put(t, s, "blob", "0123456789")
	for _, c := range []struct {
		offset, length int64
		want           string
	}{{0, -1, "0123456789"}, {3, 4, "3456"}, {3, -1, "3456789"}, {9, 1, "9"}, {8, 100, "89"}, {0, 0, ""}, {10, -1, ""}, {11, 5, ""}} {
		body, size, err := s.Get(t.Context(), "blob", c.offset, c.length)
		if err != nil || size != 10 {
			t.Errorf("%d from %d: size %d, %v", c.length, c.offset, size, err)
			continue
		}
		got, err := io.ReadAll(body)
		if _ = body.Close(); err != nil || string(got) != c.want {
			t.Errorf("%d from %d: %q, %v; want %q", c.length, c.offset, got, err, c.want)
		}
	}
}

func breaksOff(t *testing.T, s files.Store) {
	broken := errors.New("the client is gone")
	r := io.MultiReader(strings.NewReader("half of"), errorReader{broken})
	if err := s.Put(t.Context(), "half", r, 100); err == nil {
		t.Error("stored half of a blob")
	}
	if err := s.Put(t.Context(), "short", strings.NewReader("short"), 6); err == nil {
		t.Error("stored a blob that is too short")
	}
	if got := keys(t, s); len(got) > 0 {
		t.Errorf("left behind: %v", got)
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

func more(t *testing.T, s files.Store) {
	if err := s.Put(t.Context(), "blob", strings.NewReader("0123456789"), 4); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "blob", 0, -1); got != "0123" {
		t.Errorf("%q is stored", got)
	}
}

func badKeys(t *testing.T, s files.Store) {
	for _, key := range []string{
		"", ".", "..", "a", "../up", "a/b", "/etc/passwd", `a\b`, "..%2f", "tmp/x", "nul\x00", "UPPER", "blank key", "-rf", "ümlaut", strings.Repeat("a", files.KeyBytesMax+1),
	} {
		if err := s.Put(t.Context(), key, strings.NewReader("x"), 1); !errors.Is(err, files.ErrKey) {
			t.Errorf("put %q: %v", key, err)
		}
		if _, _, err := s.Get(t.Context(), key, 0, -1); !errors.Is(err, files.ErrKey) {
			t.Errorf("get %q: %v", key, err)
		}
		if err := s.Delete(t.Context(), key); !errors.Is(err, files.ErrKey) {
			t.Errorf("delete %q: %v", key, err)
		}
	}
	put(t, s, strings.Repeat("a", files.KeyBytesMax), "longest")
}

func deletes(t *testing.T, s files.Store) {
	put(t, s, "blob", "hello")
	put(t, s, "blob-320", "hello")
	for range 2 {
		if err := s.Delete(t.Context(), "blob"); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Get(t.Context(), "blob", 0, -1); !errors.Is(err, files.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	if got := keys(t, s); !slices.Equal(got, []string{"blob-320:5"}) {
		t.Errorf("left: %v", got)
	}
}

func parallel(t *testing.T, s files.Store) {
	var work sync.WaitGroup
	for i := range 20 {
		work.Go(func() {
			content := bytes.Repeat([]byte{byte(i)}, 10_000)
			if err := s.Put(t.Context(), fmt.Sprint("blob", i), bytes.NewReader(content), 10_000); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	if got := keys(t, s); len(got) != 20 {
		t.Errorf("stored: %v", got)
	}
	if got := get(t, s, "blob7", 5_000, 1); got != "\x07" {
		t.Errorf("%q is stored", got)
	}
}

func claims(t *testing.T, s files.Store) {
	for range 2 {
		if err := files.Claim(t.Context(), s, "database-1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.Claim(t.Context(), s, "database-2"); !errors.Is(err, files.ErrForeign) {
		t.Errorf("claimed by another: %v", err)
	}
}

func cancels(t *testing.T, s files.Store) {
	put(t, s, "blob1", "hello")
	put(t, s, "blob2", "hello")
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	enough := errors.New("enough")
	if err := s.List(ctx, func(files.Blob) error { n++; return enough }); !errors.Is(err, enough) || n != 1 {
		t.Errorf("%d were listed: %v", n, err)
	}
	cancel()
	if err := s.List(ctx, func(files.Blob) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("listed: %v", err)
	}
}

func deletedWhileRead(t *testing.T, s files.Store) {
	put(t, s, "blob", "hello")
	body, _, err := s.Get(t.Context(), "blob", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "blob"); err != nil {
		t.Fatal(err)
	}
	if err := body.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if _, _, err := s.Get(t.Context(), "blob", 0, -1); !errors.Is(err, files.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
}
