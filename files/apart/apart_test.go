//go:build unix

package apart_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"hallway/files/apart"
	"hallway/files/intake"
	"hallway/files/media"
)

// TestMain turns this program into the process for a picture, if a test starts it as one.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == apart.Command {
		os.Exit(apart.Main(os.Args[2]))
	}
	os.Exit(m.Run())
}

// pictures opens the files of a picture.
func pictures(t *testing.T, content []byte) intake.Pictures {
	t.Helper()
	open := func(name string) *os.File {
		f, err := os.Create(filepath.Join(t.TempDir(), name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	p := intake.Pictures{In: open("in"), Clean: open("clean"), Large: open("large"), Small: open("small")}
	if _, err := p.In.Write(content); err != nil {
		t.Fatal(err)
	}
	return p
}

// photo returns a picture with a pattern.
func photo(t *testing.T, width, height int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = byte(i / 97)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestProcessor checks that another process finds and writes the same as this one.
func TestProcessor(t *testing.T) {
	content := photo(t, 1500, 1000)
	other, here := pictures(t, content), pictures(t, content)
	got, err := apart.Processor()(t.Context(), "image/jpeg", other)
	want, wantErr := intake.Process(t.Context(), "image/jpeg", here)
	if err != nil || wantErr != nil || got != want || want.ThumbType == "" {
		t.Fatalf("%+v, %v; want %+v, %v", got, err, want, wantErr)
	}
	for _, pair := range [][2]*os.File{{other.Clean, here.Clean}, {other.Large, here.Large}, {other.Small, here.Small}} {
		a, errA := os.ReadFile(pair[0].Name())
		b, errB := os.ReadFile(pair[1].Name())
		if errA != nil || errB != nil || len(a) == 0 || !bytes.Equal(a, b) {
			t.Errorf("%s: %d and %d bytes, %v, %v", filepath.Base(pair[0].Name()), len(a), len(b), errA, errB)
		}
	}
	_, err = apart.Processor()(t.Context(), "image/jpeg", pictures(t, content[:200]))
	_, wantErr = intake.Process(t.Context(), "image/jpeg", pictures(t, content[:200]))
	if !errors.Is(err, media.ErrPicture) || media.Reason(err) != media.Reason(wantErr) {
		t.Errorf("a picture that is cut off: %v; want %v", err, wantErr)
	}
	if _, err := apart.Processor()(t.Context(), "text/plain", pictures(t, content)); err == nil || errors.Is(err, media.ErrPicture) {
		t.Errorf("another type: %v", err)
	}
}

// TestProcessorEnds checks that a process with a cancelled context ends.
func TestProcessorEnds(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := apart.Processor()(ctx, "image/jpeg", pictures(t, photo(t, 2500, 2500))); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
}

// TestProcessEndsWithTheRelay checks that a process ends when its stdin does.
func TestProcessEndsWithTheRelay(t *testing.T) {
	p := pictures(t, photo(t, 2500, 2500))
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, apart.Command, "image/jpeg") // its stdin is at its end
	cmd.ExtraFiles = []*os.File{p.In, p.Clean, p.Large, p.Small}
	if out, err := cmd.Output(); err == nil || len(out) > 0 {
		t.Errorf("it went on: %s", out)
	}
}
