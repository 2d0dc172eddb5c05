package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hallway/relay/rules"
	"hallway/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Kind{
		Open: func(t *testing.T, dir string) storetest.Store {
			// The clock stands still, so that each part is as large as possible, as the model's is.
			return mustOpenWith(t, Options{Path: filepath.Join(dir, "hallway.db"), clock: still})
		},
		Settle: func(s storetest.Store) { settle(t, s.(*Store)) },
		Files:  true,
	})
}

// settle does the background work at once.
func settle(t testing.TB, s *Store) {
	t.Helper()
	for {
		pause, err := s.runSlice(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if pause == 0 {
			return
		}
	}
}

// mustOpen opens the database at path until the test ends.
func mustOpen(t testing.TB, path string) *Store {
	t.Helper()
	return mustOpenWith(t, Options{Path: path})
}

func mustOpenWith(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

var now, ada = storetest.Now, storetest.Ada

// still is a clock that stands still, so that no slice ends early.
func still() time.Time { return now }

// with changes the action of an op.
func with[A rules.Action](op *rules.Op, change func(*A)) {
	do := op.Do.(A)
	change(&do)
	op.Do = do
}

// say changes the text of a send.
func say(op *rules.Op, text string) {
	with(op, func(do *rules.Send) { do.Text = text })
}

// changeOf returns the result of a change of a message.
func changeOf(out rules.Outcome) rules.Stored {
	result, _ := out.Result.(rules.Stored)
	return result
}

// head returns the head of a room whose messages were not changed.
func head(t *testing.T, s *Store, room string) int64 {
	t.Helper()
	return int64(len(storetest.Contiguous(t, s, room)))
}

func TestPathIsLiteral(t *testing.T) {
	for _, name := range []string{"a b.db", "what?mode=memory.db", "100%41.db", "part#1.db", "größe.db", "a&b=c+d.db"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := mustOpen(t, filepath.Join(dir, name))
			if _, err := s.Commit(now, storetest.Sends("lobby", 0, 1)); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			got := strings.Join(list(t, dir), " ")
			if want := name + " " + name + ".lock"; got != want {
				t.Errorf("the folder holds %q after Close, want %q", got, want)
			}
		})
	}
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestDatabaseIsForItsOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	mustOpen(t, path)
	for _, file := range []string{path, path + "-wal"} {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o", filepath.Base(file), mode)
		}
	}
}

func TestPragmas(t *testing.T) {
	s := mustOpen(t, filepath.Join(t.TempDir(), "hallway.db"))
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"} {
		var got string
		if err := s.writer.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", pragma, got, err, want)
		}
	}
	if _, err := s.readers.Exec(`DELETE FROM messages`); err == nil {
		t.Error("a reader can write")
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	database := func(name, change string) string {
		path := filepath.Join(dir, name)
		s := mustOpen(t, path)
		if _, err := s.writer.Exec(change); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	newer := database("newer.db", `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
	broken := database("broken.db", `CREATE TRIGGER broken BEFORE UPDATE ON probe BEGIN SELECT RAISE(FAIL, 'disk on fire'); END`)
	used := filepath.Join(dir, "used.db")
	mustOpen(t, used)
	link := filepath.Join(dir, "link.db")
	if err := os.Symlink(used, link); err != nil {
		t.Fatal(err)
	}

	for name, c := range map[string]struct{ path, want string }{
		"no path":         {"", "the path is empty"},
		"a folder":        {dir, "is a directory"},
		"no folder":       {filepath.Join(dir, "none", "hallway.db"), "no such file or directory"},
		"file as folder":  {filepath.Join(file("plain", ""), "hallway.db"), "not a directory"},
		"other content":   {file("letter.txt", strings.Repeat("Dear Ada, ", 100)), "file is not a database"},
		"a newer schema":  {newer, "a newer hallway has used it (schema 99999, this one knows 11)"},
		"not writable":    {broken, "write to the database: disk on fire"},
		"in use":          {used, "another relay is using it"},
		"in use, by link": {link, "another relay is using it"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(context.Background(), Options{Path: c.path})
			if err == nil {
				_ = s.Close()
				t.Fatal("Open succeeds")
			}
			t.Log(err)
			text := err.Error()
			if !strings.Contains(text, c.want) || strings.Contains(text, "\n") || !strings.HasPrefix(text, "open database ") {
				t.Errorf("the error is %q, want one line with %q", text, c.want)
			}
		})
	}
}

// TestInUse checks that a refused Open does not disturb the relay that uses the database, and that the database is free
// after Close.
func TestInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	if other, err := Open(context.Background(), Options{Path: path}); err == nil {
		_ = other.Close()
		t.Fatal("opened twice")
	}
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, 3)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := head(t, mustOpen(t, path), "lobby"); got != 3 {
		t.Errorf("head %d, want 3", got)
	}
}

// TestQueriesUseTheirIndexes checks that the cost of a page depends only on its content.
func TestQueriesUseTheirIndexes(t *testing.T) {
	s := mustOpen(t, filepath.Join(t.TempDir(), "hallway.db"))
	for query, want := range map[string][]string{
		sinceQuery:  {"MERGE (UNION ALL)", "USING PRIMARY KEY (room=? AND seq>?)", "USING INDEX messages_changed (room=? AND rev>?)"},
		pinnedQuery: {"USING INDEX messages_pinned (room=? AND seq<?)"},
		searchQuery: {"VIRTUAL TABLE INDEX", "USING PRIMARY KEY (room=? AND seq=?)"},
	} {
		rows, err := s.readers.Query(`EXPLAIN QUERY PLAN `+query, 1, 1, 1, "a")
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, step)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(plan, "; ")
		for _, part := range want {
			if !strings.Contains(text, part) || strings.Contains(text, "TEMP B-TREE") {
				t.Errorf("the plan %q, want in it %q and nothing sorted", text, part)
			}
		}
	}
}
