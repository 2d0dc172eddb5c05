package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"hallway/protocol"
	"hallway/relay/rules"
)

// TestNamesAreIndexedAnew checks that members whose terms are of another version are found after the database was
// opened.
func TestNamesAreIndexedAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	var ops []rules.Op
	for i := range 2*namesPart + 1 {
		user := protocol.User{ID: fmt.Sprintf("u_%04d", i), Name: fmt.Sprintf("Zoë %04d", i), Role: protocol.RoleParticipant}
		ops = append(ops, rules.Op{Room: []string{"lobby", "stage"}[i%2], Sender: user, Do: rules.Open{}})
	}
	if _, err := s.Commit(now, ops); err != nil {
		t.Fatal(err)
	}
	for _, damage := range []string{
		`UPDATE index_version SET names = 0`, `DELETE FROM member_terms WHERE user_id > 'u_1000'`, `INSERT INTO member_terms VALUES (1, 'old', 'u_0000')`,
		`UPDATE members SET folded = ''`,
	} {
		if _, err := s.writer.Exec(damage); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, path)
	for query, want := range map[string]string{"zoe": "u_0000", "2000": "u_2000", "old": ""} {
		found, err := s.FindMembers(context.Background(), "lobby", query, 1)
		if err != nil || (len(found) == 0) != (want == "") || len(found) > 0 && found[0].User.ID != want {
			t.Errorf("%q finds %+v, %v", query, found, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Check(context.Background(), path, func(text string) { t.Errorf("the check finds: %s", text) }, nil); err != nil {
		t.Fatal(err)
	}
}
