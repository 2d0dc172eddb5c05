package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFilesInBackups checks that a backup beside a relay contains the files of its messages, that a restore restores
// them, and that a check finds damaged and missing files.
func TestFilesInBackups(t *testing.T) {
	p := serve(t, "--rate", "0")
	for n := 1; n <= 3; n++ {
		p.upload("lobby", "ada", n, strings.Repeat("x", 1000*n))
		p.sendFile("lobby", "ada", n)
	}
	folder := t.TempDir()
	backup := filepath.Join(folder, "backup.db")
	want := func(code int, args ...string) string {
		t.Helper()
		got, out, errOut := run(t, nil, args...)
		if got != code {
			t.Errorf("%v: exit code %d, want %d: %s%s", args, got, code, out, errOut)
		}
		return out + errOut
	}
	want(0, "check", "--db", p.db)
	want(0, "backup", "--db", p.db, "--to", backup)
	if got := blobs(t, backup+".files"); len(got) != 3 {
		t.Errorf("the backup has %v", got)
	}
	if status, _, _ := p.rest("DELETE", "/v1/rooms/lobby/messages/"+id(3), token(t, "ada", "*"), ""); status != 200 {
		t.Errorf("delete: %d", status)
	}
	awaitBlobs(t, p.db+".files", 2)
	want(0, "backup", "--db", p.db, "--to", backup, "--force")
	if got := blobs(t, backup+".files"); len(got) != 2 {
		t.Errorf("the second backup has %v", got)
	}
	p.stop()

	db := filepath.Join(folder, "restored.db")
	want(0, "restore", "--db", db, "--from", backup)
	want(0, "check", "--db", db)
	again := serveDB(t, db)
	if status, _, got := again.rest("GET", "/v1/rooms/lobby/files/"+id(2), token(t, "reader", "*"), ""); status != 200 || len(got) != 2000 {
		t.Errorf("restored: %d, %d bytes", status, len(got))
	}
	again.stop()

	list := filepath.Join(folder, "ada.json")
	want(0, "export", "--db", db, "--user", "ada", "--to", list)
	var export struct {
		Files []struct {
			Room, ID, Name, Type string
			Size                 int64
		}
	}
	data, err := os.ReadFile(list)
	if err == nil {
		err = json.Unmarshal(data, &export)
	}
	if err != nil || len(export.Files) != 2 {
		t.Errorf("exported %+v, %v", export, err)
	}
	for _, f := range export.Files {
		if content, err := os.ReadFile(filepath.Join(list+".files", f.Room+"~"+f.ID)); err != nil || int64(len(content)) != f.Size {
			t.Errorf("exported of %+v: %d bytes, %v", f, len(content), err)
		}
	}

	stored := blobs(t, db+".files")
	at := func(name string) string { return filepath.Join(db+".files", name[:2], name) }
	if err := os.Truncate(at(stored[0]), 1); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(at(stored[1])); err != nil {
		t.Fatal(err)
	}
	if out := want(1, "check", "--db", db); !strings.Contains(out, "is missing") || !strings.Contains(out, "has 1 bytes in place of") {
		t.Errorf("check: %s", out)
	}
	if out := want(2, "restore", "--db", filepath.Join(folder, "other.db"), "--from", backup, "--files", "ftp://host/x"); strings.Count(out, "\n") != 1 {
		t.Errorf("restore: %s", out)
	}
}
