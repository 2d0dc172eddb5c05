package intake_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"image"
	"image/png"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"hallway/files"
	"hallway/files/disk"
	"hallway/files/intake"
	"hallway/files/media"
	"hallway/files/scan"
	"hallway/files/scan/scantest"
)

// world is an intake over an empty folder.
type world struct {
	*testing.T
	store files.Store
	temp  string
	in    *intake.Intake
}

func newWorld(t *testing.T, scanner scan.Scanner) *world {
	store, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	w := &world{T: t, store: store, temp: t.TempDir()}
	w.in = intake.New(intake.Options{Store: store, Scanner: scanner, Temp: w.temp})
	return w
}

// upload stores content under the key blob.
func (w *world) upload(blob string, content []byte) (intake.File, error) {
	w.Helper()
	u, err := w.in.Receive(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return intake.File{}, err
	}
	defer u.Close()
	if u.Sum != sha256.Sum256(content) {
		w.Errorf("%s: the sum is wrong", blob)
	}
	return w.in.Store(w.Context(), u, blob)
}

func (w *world) stored() (keys []string) {
	w.Helper()
	err := w.store.List(w.Context(), func(b files.Blob) error { keys = append(keys, b.Key); return nil })
	if err != nil {
		w.Fatal(err)
	}
	return keys
}

func picture(t testing.TB, width, height int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUploads(t *testing.T) {
	w := newWorld(t, nil)
	for blob, c := range map[string]struct {
		content []byte
		want    intake.File
		keys    int
	}{
		"text":  {[]byte("hello"), intake.File{Blob: "text", Type: "text/plain", Size: 5}, 1},
		"none":  {nil, intake.File{Blob: "none", Type: "application/octet-stream"}, 1},
		"small": {picture(t, 3, 2), intake.File{Blob: "small", Type: "image/png", Width: 3, Height: 2}, 1},
		"mid":   {picture(t, 800, 600), intake.File{Blob: "mid", Type: "image/png", Width: 800, Height: 600, ThumbType: "image/png"}, 2},
		"large": {picture(t, 2000, 20), intake.File{Blob: "large", Type: "image/png", Width: 2000, Height: 20, ThumbType: "image/png"}, 3},
	} {
		before := len(w.stored())
		got, err := w.upload(blob, c.content)
		if c.want.Size == 0 {
			c.want.Size = int64(len(c.content))
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", blob, got, err, c.want)
		}
		if n := len(w.stored()) - before; n != c.keys {
			t.Errorf("%s takes %d keys", blob, n)
		}
		if err := w.in.Delete(t.Context(), blob); err != nil || len(w.stored()) != before {
			t.Errorf("%s: deleted, %v are left, %v", blob, w.stored(), err)
		}
	}
	if left, err := os.ReadDir(w.temp); err != nil || len(left) > 0 {
		t.Errorf("left in the temporary folder: %v, %v", left, err)
	}
}

func TestUploadsThatAreRefused(t *testing.T) {
	scanner, err := scan.New(scantest.Clamd(t, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, scanner)
	if _, err := w.in.Receive(strings.NewReader("hello"), 6); !errors.Is(err, intake.ErrReceive) {
		t.Errorf("one byte is missing: %v", err)
	}
	gone := errors.New("the client is gone")
	if _, err := w.in.Receive(io.MultiReader(strings.NewReader("hel"), errorReader{gone}), 6); !errors.Is(err, gone) {
		t.Errorf("the connection breaks: %v", err)
	}
	var found *intake.FoundError
	if _, err := w.upload("eicar", []byte(scantest.EICAR)); !errors.As(err, &found) || found.Name != "Eicar-Test-Signature" {
		t.Errorf("EICAR: %v", err)
	}
	if _, err := w.upload("broken", picture(t, 3, 2)[:40]); !errors.Is(err, media.ErrPicture) {
		t.Errorf("a broken picture: %v", err)
	}
	if got, err := w.upload("good", []byte("hello")); err != nil || got.Size != 5 {
		t.Errorf("a good file: %+v, %v", got, err)
	}
	large := make([]byte, 2<<20)
	_, _ = rand.Read(large)
	if _, err := w.upload("unseen", large); !errors.Is(err, intake.ErrScan) {
		t.Errorf("larger than the scanner takes: %v", err)
	}
	if keys := w.stored(); len(keys) != 1 {
		t.Errorf("stored: %v", keys)
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

// TestPicturesTakeTurns checks that with one slot many pictures at once all get it, and that a picture whose client is
// gone does not.
func TestPicturesTakeTurns(t *testing.T) {
	w := newWorld(t, nil)
	content := picture(t, 600, 600)
	var work sync.WaitGroup
	for i := range 20 {
		work.Go(func() {
			if _, err := w.upload("blob"+string(rune('a'+i)), content); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	u, err := w.in.Receive(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.in.Store(ctx, u, "late"); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
	u.Gone = func() bool { return true }
	w.in = intake.New(intake.Options{Store: w.store, Temp: w.temp, Process: func(ctx context.Context, _ string, _ intake.Pictures) (media.Picture, error) {
		<-ctx.Done()
		return media.Picture{}, ctx.Err()
	}})
	if _, err := w.in.Store(t.Context(), u, "left"); !errors.Is(err, intake.ErrGone) {
		t.Errorf("the client is gone: %v", err)
	}
	if n := len(w.stored()); n != 40 {
		t.Errorf("%d keys are stored", n)
	}
}
