package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hallway/files"
	bucket "hallway/files/s3"
	"hallway/test/s3"
	"hallway/test/servers"
)

// TestFilesInABucket keeps files in a bucket of a real S3 server: they are deleted with their message, and a backup contains them.
func TestFilesInABucket(t *testing.T) {
	place := s3.Start(t)
	env := []string{"AWS_ACCESS_KEY_ID=" + os.Getenv("AWS_ACCESS_KEY_ID"), "AWS_SECRET_ACCESS_KEY=" + os.Getenv("AWS_SECRET_ACCESS_KEY")}
	p := serveEnv(t, env, filepath.Join(t.TempDir(), "hallway.db"), "--files", place, "--rate", "0")
	content := strings.Repeat("0123456789", 300_000)
	for n := 1; n <= 2; n++ {
		p.upload("lobby", "ada", n, content)
		p.sendFile("lobby", "ada", n)
	}
	if status, _, got := p.rest("GET", "/v1/rooms/lobby/files/"+id(1), token(t, "bob", "*"), ""); status != 200 || string(got) != content {
		t.Errorf("read: %d, %d bytes", status, len(got))
	}
	backup := filepath.Join(t.TempDir(), "backup.db")
	if code, out, errOut := run(t, env, "backup", "--db", p.db, "--files", place, "--to", backup); code != 0 || len(blobs(t, backup+".files")) != 2 {
		t.Errorf("backup: %d %s%s", code, out, errOut)
	}
	if code, out, errOut := run(t, env, "check", "--db", p.db, "--files", place); code != 0 {
		t.Errorf("check: %d %s%s", code, out, errOut)
	}
	if status, _, _ := p.rest("DELETE", "/v1/rooms/lobby/messages/"+id(1), token(t, "ada", "*"), ""); status != 200 {
		t.Errorf("delete: %d", status)
	}
	awaitInBucket(t, place, 1)
	p.stop()
}

// TestRelaysShareABucket runs two relays on PostgreSQL with one bucket: one receives a file, the other sends, serves and deletes it.
func TestRelaysShareABucket(t *testing.T) {
	place, db := s3.Start(t), servers.PostgreSQL(t)
	env := []string{"AWS_ACCESS_KEY_ID=" + os.Getenv("AWS_ACCESS_KEY_ID"), "AWS_SECRET_ACCESS_KEY=" + os.Getenv("AWS_SECRET_ACCESS_KEY")}
	a, b := serveEnv(t, env, db, "--files", place, "--rate", "0"), serveEnv(t, env, db, "--files", place, "--rate", "0")
	a.upload("lobby", "ada", 1, "hello")
	b.sendFile("lobby", "ada", 1)
	if status, _, got := b.rest("GET", "/v1/rooms/lobby/files/"+id(1), token(t, "bob", "*"), ""); status != 200 || string(got) != "hello" {
		t.Errorf("read: %d %q", status, got)
	}
	if code, out, errOut := run(t, env, "check", "--db", db, "--files", place); code != 0 {
		t.Errorf("check: %d %s%s", code, out, errOut)
	}
	if status, _, _ := b.rest("DELETE", "/v1/rooms/lobby/messages/"+id(1), token(t, "ada", "*"), ""); status != 200 {
		t.Errorf("delete: %d", status)
	}
	awaitInBucket(t, place, 0)
}

// awaitInBucket waits until so many files are in a bucket.
func awaitInBucket(t *testing.T, place string, want int) {
	t.Helper()
	store, err := bucket.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		n := 0
		err := store.List(t.Context(), func(b files.Blob) error {
			if !files.Owns(b.Key) {
				n++
			}
			return nil
		})
		if err == nil && n == want {
			break
		}
		if time.Since(began) > patience {
			t.Fatalf("%d files are stored: %v", n, err)
		}
	}
}
