package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"hallway/relay/rules"
	"hallway/store/storetest"
)

// outdated returns a database with rooms of so many messages, whose index is of another version: SQLite's own words, as
// the first relays made it.
func outdated(t *testing.T, messages int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	for _, room := range []string{"lobby", "stage"} {
		ops := storetest.Sends(room, 0, messages)
		for n := range ops {
			say(&ops[n], fmt.Sprintf("Nummer%d: Jahresversammlung in 北京", n+1))
		}
		ops = append(ops, rules.Op{Room: room, Sender: ada, Do: rules.Delete{ID: ops[0].ID()}},
			rules.Op{Room: room, Sender: ada, Do: rules.Edit{ID: ops[1].ID(), Text: "Versammlung 北京, edited"}})
		if _, err := s.Commit(now, ops); err != nil {
			t.Fatal(err)
		}
	}
	settle(t, s)
	for _, query := range []string{
		`DROP TABLE search`,
		`CREATE VIRTUAL TABLE search USING fts4 (text, tokenize=unicode61 "remove_diacritics=2", matchinfo=fts3, order=desc, prefix="1,2")`,
		`INSERT INTO search (docid, text) SELECT (room << 32) + seq, text FROM messages WHERE text <> ''`,
		`UPDATE index_version SET version = 0`,
	} {
		if _, err := s.writer.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestReindex checks that an index of another version is replaced during other work, a room's newest messages first;
// that new messages do not wait for it, and that each process continues where the previous one stopped.
func TestReindex(t *testing.T) {
	const messages = 400
	path := outdated(t, messages)
	s := idle(t, path)
	if n := s.Reindexing(); n < 2*messages {
		t.Fatalf("%d messages are to be indexed anew", n)
	}
	if got := searched(t, s, "lobby", "Versammlung"); len(got) != 0 {
		t.Fatalf("%d are found at once", len(got))
	}
	send := storetest.Sends("lobby", 10_000, 1)
	say(&send[0], "Hauptversammlung")
	change := rules.Op{Room: "lobby", Sender: ada, Do: rules.Edit{ID: storetest.Sends("lobby", 2, 1)[0].ID(), Text: "geändert"}}
	if _, err := s.Commit(now, append(send, change)); err != nil {
		t.Fatal(err)
	}

	found, soon, steps := 0, false, 0
	for left := s.Reindexing(); left > 0 || s.upkeep.reindex.outdated; steps++ {
		if _, err := s.runSlice(context.Background()); err != nil {
			t.Fatal(err)
		}
		got := searched(t, s, "lobby", "Versammlung")
		if len(got) > 0 && got[0] == "Hauptversammlung" {
			soon = soon || len(got) < messages/2
			if len(got) > 1 && got[1] != fmt.Sprintf("Nummer%d: Jahresversammlung in 北京", messages) {
				t.Fatalf("the newest is not found first: %q", got[1])
			}
		}
		if len(got) < found {
			t.Fatalf("%d are found, after %d", len(got), found)
		}
		if found = len(got); steps%5 == 4 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = idle(t, path)
		}
		if now := s.Reindexing(); now > left {
			t.Fatalf("%d are left, after %d", now, left)
		} else {
			left = now
		}
	}
	if !soon || steps < 10 {
		t.Errorf("what is sent meanwhile is found before the rest: %t, in %d slices", soon, steps)
	}
	checkIndex(t, s)
	var old int
	if err := s.readers.QueryRow(`SELECT (SELECT count(*) FROM reindexes) + (SELECT count(*) FROM sqlite_schema WHERE name LIKE 'search_old%')`).Scan(&old); err != nil || old != 0 {
		t.Errorf("%d rows and tables are left, %v", old, err)
	}
	for query, want := range map[string]int{"Versammlung": messages - 1, "京": messages - 2, "geandert": 1, "Nummer17": 11, "Nummer3": 100 + 11 - 1} {
		if got := searched(t, s, "lobby", query); len(got) != want {
			t.Errorf("%q finds %d, want %d", query, len(got), want)
		}
	}
	var findings []string
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Check(context.Background(), path, func(text string) { findings = append(findings, text) }, nil); err != nil || len(findings) > 0 {
		t.Errorf("the check finds %v, %v", findings, err)
	}
}

// TestReindexOnASlowMachine checks that a reindex ends where each slice does one step only. After each slice the database can
// be opened, and a check finds no damage, also while the reindex empties the old index.
func TestReindexOnASlowMachine(t *testing.T) {
	const messages = 100
	path := outdated(t, messages)
	slices := 0
	for more := true; more; slices++ {
		s := slowedAt(t, path, time.Minute)
		pause, err := s.runSlice(context.Background())
		if err != nil || slices > 100*messages {
			t.Fatalf("after %d slices %d messages are left: %v", slices, s.Reindexing(), err)
		}
		more = pause > 0
		if slices%10 == 0 {
			if err := Check(context.Background(), path, func(text string) { t.Errorf("after %d slices a check finds: %s", slices, text) }, nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d slices", slices)
	s := idle(t, path)
	checkIndex(t, s)
	if got := searched(t, s, "lobby", "Versammlung"); len(got) != messages-1 {
		t.Errorf("%d are found", len(got))
	}
}

// TestReindexBesideOthers checks that during a reindex a check finds no damage, a room can be dropped, and old messages
// are deleted.
func TestReindexBesideOthers(t *testing.T) {
	path := outdated(t, 400)
	s := idle(t, path)
	for s.upkeep.reindex.outdated || s.Reindexing() > 500 {
		if _, err := s.runSlice(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if s.Reindexing() == 0 {
		t.Fatal("nothing is left to index")
	}
	var findings []string
	if err := Check(context.Background(), path, func(text string) { findings = append(findings, text) }, nil); err != nil || len(findings) > 0 {
		t.Errorf("the check finds %v, %v", findings, err)
	}
	if _, err := s.Commit(now, []rules.Op{{Room: "stage", Sender: ada, Do: rules.Drop{}}}); err != nil {
		t.Fatal(err)
	}
	s.Retain(rules.Retention{Default: time.Minute, Now: func() time.Time { return now.Add(time.Hour) }})
	if err := s.findExpired(context.Background()); err != nil {
		t.Fatal(err)
	}
	checkIndex(t, s)
	var left int
	if err := s.readers.QueryRow(`SELECT (SELECT count(*) FROM reindexes) + (SELECT count(*) FROM rooms WHERE name = 'stage') + (SELECT count(*) FROM messages)`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows are left, %v", left, err)
	}
	if n := s.Reindexing(); n != 0 {
		t.Errorf("%d messages are still to be indexed", n)
	}
}

// TestEraseWhileReindexing checks that a user who is erased during a reindex is also removed from the old index.
func TestEraseWhileReindexing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	lived(t, path)
	s := idle(t, path)
	settle(t, s)
	if _, err := s.writer.Exec(`UPDATE index_version SET version = 0`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, path)
	s.CarryErasures(carries(s))
	if _, err := Erase(context.Background(), path, privateID, now, nil); err != nil {
		t.Fatal(err)
	}
	wantForgotten(t, s, path, privateID, privateName, privateWord)
	checkIndex(t, s)
}
