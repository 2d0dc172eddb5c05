package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
)

// TestRestore checks that a restored database equals the backup, with new epochs, and that the previous database is
// kept, with the content of its log.
func TestRestore(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "hallway.db"), filepath.Join(t.TempDir(), "backup.db")
	s := mustOpen(t, path)
	if _, err := s.Commit(now, append(storetest.Sends("lobby", 0, 20), storetest.Sends("stage", 0, 3)...)); err != nil {
		t.Fatal(err)
	}
	before := mustPage(t, s, "lobby")
	if err := Backup(ctx, path, backup, false, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(now, storetest.Sends("lobby", 20, 5)); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(ctx, backup, path, true, now, nil); !errors.As(err, new(NotBegunError)) || !errors.Is(err, errInUse) {
		t.Errorf("beside a relay: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(ctx, backup, path, false, now, nil); !errors.As(err, new(NotBegunError)) || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("without force: %v", err)
	}
	// The leftover of a killed restore.
	if err := os.WriteFile(path+".restore.partial", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	kept, err := Restore(ctx, backup, path, true, now, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(list(t, dir), " "), "hallway.db hallway.db.before-restore-20261123T091504.000000Z hallway.db.lock"; got != want {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
	s = mustOpen(t, path)
	after := mustPage(t, s, "lobby")
	if after.Head != 20 || after.Epoch == before.Epoch || after.Epoch == "" || after.Epoch == mustPage(t, s, "stage").Epoch {
		t.Errorf("head %d, epoch %q after %q", after.Head, after.Epoch, before.Epoch)
	}
	if got := head(t, mustOpen(t, kept), "lobby"); got != 25 {
		t.Errorf("what is kept has head %d", got)
	}
}

// TestRestoreChecksItsSource checks that older databases are restored to the present schema, that other files are refused, and
// that the database then stays unchanged.
func TestRestoreChecksItsSource(t *testing.T) {
	ctx := context.Background()
	garbage := filepath.Join(t.TempDir(), "garbage")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("this is no database. ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from  string
		heads int64
		want  string
	}{
		{copyOf(t, "testdata/version1.db"), 40, ""}, {copyOf(t, "testdata/version2.db"), 45, ""},
		{garbage, 7, "file is not a database"}, {filepath.Join(t.TempDir(), "none"), 7, "no such file"},
	} {
		path := filepath.Join(t.TempDir(), "hallway.db")
		s := mustOpen(t, path)
		if _, err := s.Commit(now, storetest.Sends("lobby", 0, 7)); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := Restore(ctx, c.from, path, true, now, nil)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.from, err)
		}
		s = mustOpen(t, path)
		if got := mustPage(t, s, "lobby").Head; got != c.heads {
			t.Errorf("%s: head %d, want %d", c.from, got, c.heads)
		}
		if got := len(list(t, filepath.Dir(path))); err != nil && got != 4 { // the database, its log, and the lock
			t.Errorf("%s: the folder holds %q", c.from, list(t, filepath.Dir(path)))
		}
	}
}

// TestCheck checks that damage is found, and none in an intact database.
func TestCheck(t *testing.T) {
	for name, c := range map[string]struct{ damage, want string }{
		"nothing":               {``, ""},
		"a head":                {`UPDATE rooms SET head = head + 1 WHERE name = 'lobby'`, `the head of room "lobby" is 13`},
		"a rev taken twice":     {`UPDATE messages SET rev = 7 WHERE seq = 6`, `two messages of room "lobby" have rev 7`},
		"a summary":             {`UPDATE messages SET reactions = replace(reactions, '"count":2', '"count":3')`, `message 2 of room "lobby" sums`},
		"a summary that is not": {`UPDATE messages SET reactions = '{' WHERE reactions <> ''`, `message 2 of room "lobby" sums`},
		"a summary without":     {`DELETE FROM reactions WHERE user_id = 'u_3'`, `message 2 of room "lobby" sums`},
		"a reaction without":    {`UPDATE messages SET reactions = ''`, `a reaction in room "lobby" belongs to message 2`},
		"a mention without":     {`UPDATE messages SET mentions = ''`, `the mentions of message 5 in room "lobby" are counted wrongly`},
		"mentions of another":   {`UPDATE mentions SET by_id = 'u_9' WHERE user_id = ''`, `the mentions of message 5 in room "lobby" are counted wrongly`},
		"mentions, not counted": {`DELETE FROM mentions WHERE user_id = 'u_2'`, `the mentions of message 5 in room "lobby" are counted wrongly`},
		"a member not found":    {`DELETE FROM member_terms WHERE term = 'lovelace'`, `member "u_1" is not found by the name`},
		"a name too many":       {`INSERT INTO member_terms VALUES (1, 'bob', 'u_1')`, `the index of members' names has 3 terms, not 2`},
		"a member of no room":   {`PRAGMA foreign_keys = OFF; INSERT INTO members (room, user_id, name, role, joined_at) VALUES (99, 'u', '', '', 0)`, `a row of members belongs to none of rooms`},
		"not in the index":      {`DELETE FROM search WHERE docid = (SELECT max(docid) FROM search)`, `message 10 of room "lobby" is not in the index`},
		"still in the index":    {`UPDATE messages SET text = '' WHERE seq = 3`, `the index of words has message 3 of room "lobby"`},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "hallway.db")
			s := idle(t, path)
			ops := append(storetest.Sends("lobby", 0, 10), rules.Op{Room: "lobby", Sender: protocol.User{ID: "u_1", Name: "Ada Lovelace"}, Do: rules.Open{}})
			with(&ops[4], func(do *rules.Send) {
				do.Mentions = []protocol.Mention{{Len: 3, User: "u_2"}, {At: 4, Len: 5, All: true}}
			})
			for _, user := range []string{"u_2", "u_3"} {
				ops = append(ops, rules.Op{Room: "lobby", Sender: protocol.User{ID: user}, Do: rules.React{ID: ops[1].ID(), Emoji: "👍", On: true}})
			}
			if _, err := s.Commit(now, ops); err != nil {
				t.Fatal(err)
			}
			settle(t, s)
			if _, err := s.writer.Exec(c.damage); err != nil {
				t.Fatal(err)
			}
			var found []string
			if err := Check(context.Background(), path, func(text string) { found = append(found, text) }, nil); err != nil {
				t.Fatal(err)
			}
			if (len(found) > 0) != (c.want != "") || !strings.Contains(strings.Join(found, "\n"), c.want) {
				t.Errorf("found %q, want %q", found, c.want)
			}
		})
	}
	for _, old := range []string{"testdata/version1.db", "testdata/version2.db"} {
		var found []string
		if err := Check(context.Background(), copyOf(t, old), func(text string) { found = append(found, text) }, nil); err != nil ||
			len(found) != 1 || !strings.Contains(found[0], "only its pages could be checked") {
			t.Errorf("%s: %q, %v", old, found, err)
		}
	}
}
