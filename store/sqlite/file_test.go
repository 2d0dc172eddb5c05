package sqlite

import (
	"path/filepath"
	"slices"
	"testing"

	"hallway/protocol"
	"hallway/relay/rules"
)

// TestMigrateFileBytes opens a database in which an erased user's files still count for the user, and checks that they
// count for the pseudonym.
func TestMigrateFileBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	const id = "0199a1c4-7f3e-7c21-9f6a-000000000001"
	file := rules.File{File: protocol.File{ID: id, Name: "a.png", Type: "image/png", Size: 17}, Blob: "blob"}
	done(t, s, rules.Op{Room: "lobby", Sender: ada, Do: rules.Upload{File: file}},
		rules.Op{Room: "lobby", Sender: ada, Do: rules.Send{Send: protocol.Send{Room: "lobby", ID: id, Files: []protocol.Attachment{{ID: id}}}}})
	if _, err := s.writer.Exec(`UPDATE files SET owner = 'erased-1'`); err != nil {
		t.Fatal(err)
	}
	check := func() (found []string) {
		t.Helper()
		if err := Check(t.Context(), path, func(line string) { found = append(found, line) }, nil); err != nil {
			t.Fatal(err)
		}
		return found
	}
	want := []string{`the files of user "erased-1" take 17 bytes, and 0 are counted`, `the files of user "u_1" take 0 bytes, and 17 are counted`}
	if found := check(); !slices.Equal(slices.Sorted(slices.Values(found)), want) {
		t.Errorf("found %q, want %q", found, want)
	}
	if _, err := s.writer.Exec(`DELETE FROM goose_db_version WHERE version_id = 11`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, path)
	if found := check(); len(found) > 0 {
		t.Errorf("found %q", found)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
