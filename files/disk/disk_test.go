package disk_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hallway/files"
	"hallway/files/disk"
	"hallway/files/filestest"
)

func open(t *testing.T, root string) *disk.Store {
	t.Helper()
	s, err := disk.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestStore(t *testing.T) {
	filestest.Run(t, func(t *testing.T) files.Store { return open(t, filepath.Join(t.TempDir(), "a", "b")) })
}

func TestBlobsAreNotReplaced(t *testing.T) {
	s := open(t, t.TempDir())
	for i, want := range []bool{true, false} {
		if err := s.Put(t.Context(), "blob", strings.NewReader("hello"), 5); (err == nil) != want {
			t.Errorf("put %d: %v", i, err)
		}
	}
}

func TestOneProcessAtATime(t *testing.T) {
	root := t.TempDir()
	s := open(t, root)
	if _, err := disk.Open(root); err == nil || !strings.Contains(err.Error(), "another relay is using it") {
		t.Errorf("opened twice: %v", err)
	}
	_ = s.Close()
	open(t, root)
}

// TestShared checks that relays that share a folder see each other's blobs, that no other process opens it, and that a
// sweep removes the leftovers of a killed one.
func TestShared(t *testing.T) {
	root := t.TempDir()
	shared := func() *disk.Store {
		t.Helper()
		s, err := disk.OpenShared(root)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	a := shared()
	if err := os.WriteFile(filepath.Join(a.Temp(), "left"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := shared()
	if err := a.Put(t.Context(), "blob", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	body, _, err := b.Get(t.Context(), "blob", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	_ = body.Close()
	if _, err := disk.Open(root); err == nil || !strings.Contains(err.Error(), "another relay is using it") {
		t.Errorf("opened beside relays that share it: %v", err)
	}
	for _, step := range []struct {
		before time.Duration
		left   int
	}{{-time.Hour, 1}, {time.Hour, 0}} {
		if err := b.Sweep(t.Context(), time.Now().Add(step.before)); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(b.Temp()); err != nil || len(left) != step.left {
			t.Errorf("%v are left, %v", left, err)
		}
	}
	_, _ = a.Close(), b.Close()
	alone := open(t, root)
	if _, err := disk.OpenShared(root); err == nil {
		t.Error("shared beside one who has it alone")
	}
	_ = alone.Close()
}

func TestInvalidFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := disk.Open(path); err == nil || strings.ContainsRune(err.Error(), '\n') {
		t.Errorf("opened a file: %v", err)
	}
	if _, err := disk.OpenBeside(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("opened nothing")
	}
}

// TestKilledWhilePutting kills a process that puts blobs, again and again: listed blobs are complete, and nothing else
// is left after the folder is opened again.
func TestKilledWhilePutting(t *testing.T) {
	if root := os.Getenv("DISK_PUT"); root != "" {
		putForever(t, root)
	}
	root := t.TempDir()
	whole := 0
	for round := range 8 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWhilePutting$")
		cmd.Env = append(os.Environ(), "DISK_PUT="+root)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, 1+3*round)); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		s := open(t, root)
		whole = 0
		err = s.List(t.Context(), func(b files.Blob) error {
			whole++
			if b.Size != blobSize {
				t.Errorf("%s has %d bytes", b.Key, b.Size)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(filepath.Join(root, "tmp")); err != nil || len(left) > 0 {
			t.Errorf("left: %v, %v", left, err)
		}
		_ = s.Close()
	}
	if whole < 8 {
		t.Errorf("%d blobs are stored", whole)
	}
}

const blobSize = 1 << 20

// putForever puts blobs until it is killed, and writes a byte to stdout for each.
func putForever(t *testing.T, root string) {
	s, err := disk.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	content := bytes.Repeat([]byte("x"), blobSize)
	for began := time.Now(); time.Since(began) < time.Minute; {
		key := strings.ToLower(filepath.Base(t.TempDir())) + time.Now().Format("150405.000000000")
		key = strings.ReplaceAll(key, ".", "-")
		if err := s.Put(t.Context(), key, bytes.NewReader(content), blobSize); err != nil {
			t.Fatal(err)
		}
		_, _ = os.Stdout.Write([]byte{'.'})
	}
	t.Fatal(errors.New("nobody has killed it"))
}
