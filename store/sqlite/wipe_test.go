package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
)

// secret is in every text that these tests delete; no word of the others contains it.
const secret = "quicksilvr"

// holds returns how often a database's files contain a text.
func holds(t *testing.T, path, text string) map[string]int {
	t.Helper()
	found := map[string]int{}
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, lockSuffix) {
			continue
		}
		content, err := read(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(bytes.ToLower(content), []byte(text)); n > 0 {
			found[filepath.Base(file)] = n
		}
	}
	return found
}

// read reads a copy of a file: closing another descriptor of the file would drop the locks of the process that has the
// database open.
func read(path string) ([]byte, error) {
	copied := path + "~"
	defer func() { _ = os.Remove(copied) }()
	if err := exec.Command("cp", path, copied).Run(); err != nil {
		return nil, err
	}
	return os.ReadFile(copied)
}

// crowded fills rooms alternately, so that their messages share pages and are moved between pages; every third message
// has the secret. It returns their ids by room.
func crowded(t *testing.T, s *Store, rooms []string, n int) map[string][]string {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	ids := map[string][]string{}
	var ops []rules.Op
	for i := range n {
		room := rooms[random.IntN(len(rooms))]
		op := storetest.Sends(room, i, 1)[0]
		say(&op, strings.Repeat("plain words ", 1+random.IntN(30)))
		if random.IntN(30) == 0 {
			say(&op, strings.Repeat("long words here ", 400))
		}
		if i%3 == 0 {
			op.Sender = sue
			say(&op, op.Do.(rules.Send).Text+fmt.Sprint(secret, i, " ", secret))
			ids[room] = append(ids[room], op.ID())
		}
		if ops = append(ops, op); len(ops) == 50 || i == n-1 {
			if _, err := s.Commit(now, ops); err != nil {
				t.Fatal(err)
			}
			ops = nil
			settle(t, s)
		}
	}
	return ids
}

var sue = protocol.User{ID: "u_s", Name: "Sue", Role: protocol.RoleParticipant}

// done carries out ops, none of which may be refused.
func done(t *testing.T, s *Store, ops ...rules.Op) []rules.Outcome {
	t.Helper()
	outcomes, err := s.Commit(now, ops)
	if err != nil {
		t.Fatal(err)
	}
	for i, out := range outcomes {
		if out.Code != "" {
			t.Fatalf("op %d: %+v", i, out)
		}
	}
	return outcomes
}

// ways lists every operation that deletes message texts.
var ways = map[string]func(t *testing.T, s *Store, ids map[string][]string){
	"delete": func(t *testing.T, s *Store, ids map[string][]string) {
		each(t, s, ids, func(id string) rules.Action { return rules.Delete{ID: id} })
	},
	"edit": func(t *testing.T, s *Store, ids map[string][]string) {
		each(t, s, ids, func(id string) rules.Action { return rules.Edit{ID: id, Text: "another text"} })
	},
	"clear": func(t *testing.T, s *Store, ids map[string][]string) {
		for room := range ids {
			for more := true; more; {
				more = done(t, s, rules.Op{Room: room, Sender: ada, Do: rules.Moderate{Act: protocol.ActClear, User: sue.ID}})[0].Result.(rules.Moderated).More
			}
		}
	},
	"drop": func(t *testing.T, s *Store, ids map[string][]string) {
		for room := range ids {
			done(t, s, rules.Op{Room: room, Sender: ada, Do: rules.Drop{}})
		}
	},
	"retention": func(t *testing.T, s *Store, _ map[string][]string) {
		s.Retain(rules.Retention{Default: time.Hour, Now: func() time.Time { return now.Add(2 * time.Hour) }})
		if err := s.findExpired(context.Background()); err != nil {
			t.Fatal(err)
		}
		settle(t, s)
	},
}

// each carries out an op for each of the messages.
func each(t *testing.T, s *Store, ids map[string][]string, to func(id string) rules.Action) {
	t.Helper()
	for room, list := range ids {
		for _, id := range list {
			done(t, s, rules.Op{Room: room, Sender: sue, Do: to(id)})
		}
	}
}

// TestWipeRemovesDeletedContent checks that deleted content, by every way of deletion, is in no file of the database
// after a wipe, or later, and that other content is intact.
func TestWipeRemovesDeletedContent(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "hallway.db")
			s := mustOpen(t, path)
			wipesWhenTold(s)
			ids := crowded(t, s, []string{"a", "b", "c", "d"}, 3000)
			way(t, s, ids)
			if len(holds(t, path, secret)) == 0 {
				t.Fatal("nothing is there to be forgotten")
			}
			if err := s.wipe(t.Context()); err != nil {
				t.Fatal(err)
			}
			if found := holds(t, path, secret); len(found) > 0 {
				t.Errorf("found in %v", found)
			}
			done(t, s, storetest.Sends("e", 10_000, 300)...)
			settle(t, s)
			if found := holds(t, path, secret); len(found) > 0 {
				t.Errorf("later found in %v", found)
			}
			if name != "retention" {
				head(t, s, "e")
				checkIndex(t, s)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if err := Check(context.Background(), path, func(finding string) { t.Error(finding) }, nil); err != nil {
				t.Error(err)
			}
		})
	}
}

// wipesWhenTold keeps a store from wiping by itself, which it otherwise does while a slow machine is still deleting.
func wipesWhenTold(s *Store) {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.wipeAfter = time.Hour
}

// TestAWipeBesideOthers checks that a wipe is complete during continuous commits, pages and checkpoints.
func TestAWipeBesideOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	rooms := []string{"a", "b", "c", "d"}
	ids := crowded(t, s, rooms, 2000)
	ways["delete"](t, s, ids)
	ctx, cancel := context.WithCancel(t.Context())
	var others sync.WaitGroup
	others.Go(func() {
		for i := 20_000; ctx.Err() == nil; i += 20 {
			for _, room := range rooms {
				if _, err := s.Commit(now, storetest.Sends(room, i*10+int(room[0])*1_000_000, 5)); err != nil {
					t.Error(err)
				}
			}
		}
	})
	others.Go(func() {
		for ctx.Err() == nil {
			if _, err := s.Page(ctx, "a", "", rules.Query{Kind: rules.QuerySearch, Words: "plain", Limit: 50}); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
			if _, _, err := checkpoint(ctx, s.checkpoints.db, "PASSIVE"); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	})
	err := s.wipe(ctx)
	cancel()
	others.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if found := holds(t, path, secret); len(found) > 0 {
		t.Errorf("found in %v", found)
	}
	settle(t, s)
	checkIndex(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if found := holds(t, path, secret); len(found) > 0 {
		t.Errorf("in the end found in %v", found)
	}
	if err := Check(context.Background(), path, func(finding string) { t.Error(finding) }, nil); err != nil {
		t.Error(err)
	}
}

// TestAWipeAfterACrash checks that content that was deleted before a crash is wiped after it, because the database is
// marked.
func TestAWipeAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	wipesWhenTold(s)
	ids := crowded(t, s, []string{"a", "b"}, 600)
	if err := s.wipe(t.Context()); err != nil { // marks it as wiped
		t.Fatal(err)
	}
	ways["delete"](t, s, ids)
	stopped(s) // so that the file and its log are of one moment
	crashed := filepath.Join(t.TempDir(), "hallway.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := read(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(crashed+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if found := holds(t, crashed, secret); len(found) == 0 {
		t.Fatal("nothing is there to be forgotten")
	}
	again := mustOpen(t, crashed)
	again.turn.Lock()
	again.upkeep.wiping.since = time.Time{} // a wipe is due
	again.turn.Unlock()
	forgotten(t, again, crashed)
}

// forgotten waits until an open database has wiped itself.
func forgotten(t *testing.T, s *Store, path string) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		s.turn.Lock()
		wiping := s.upkeep.wiping
		s.turn.Unlock()
		if !wiping.marked && !wiping.unwiped {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("it was not wiped: %+v", wiping)
		}
	}
	if found := holds(t, path, secret); len(found) > 0 {
		t.Errorf("found in %v", found)
	}
}

// TestAWipeOfAnOlderDatabase checks that a database of a version that left deleted content in free pages is wiped, too.
func TestAWipeOfAnOlderDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	crowded(t, s, []string{"a", "b"}, 900)
	for _, sql := range []string{`PRAGMA secure_delete = FAST`, `DELETE FROM messages WHERE seq > 5`, `UPDATE messages SET text = 'x'`, `UPDATE rooms SET head = 5, indexed = 5`,
		`DELETE FROM search`, unwiped} {
		if _, err := s.writer.Exec(sql); err != nil {
			t.Fatal(err)
		}
	}
	s.wipeClosedMax = 0
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if found := holds(t, path, secret); len(found) == 0 {
		t.Fatal("nothing is there to be forgotten")
	}
	s = mustOpen(t, path)
	if !s.upkeep.wiping.unwiped {
		t.Error("it is taken for wiped")
	}
	if err := s.wipe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found := holds(t, path, secret); len(found) > 0 {
		t.Errorf("found in %v", found)
	}
}

// TestCloseWipes checks that a small database that is closed soon after a deletion is wiped.
func TestCloseWipes(t *testing.T) {
	for name, way := range ways {
		path := filepath.Join(t.TempDir(), "hallway.db")
		s := mustOpen(t, path)
		s.wipeClosedFor = time.Hour // however slow the machine is
		way(t, s, crowded(t, s, []string{"a", "b"}, 600))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if found := holds(t, path, secret); len(found) > 0 {
			t.Errorf("%s: found in %v", name, found)
		}
	}
}

// TestAutomaticWipes checks that a database without deletions is never wiped, and that one in use wipes itself.
func TestAutomaticWipes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	s.turn.Lock()
	s.wipeAfter = 0
	s.turn.Unlock()
	ids := crowded(t, s, []string{"a"}, 100)
	if s.upkeep.wiping.unwiped || s.upkeep.wiping.marked {
		t.Fatal("there is nothing to forget")
	}
	ways["delete"](t, s, ids)
	forgotten(t, s, path)
}
