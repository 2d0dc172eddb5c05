package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
)

// carries returns a Carry that carries out erasures as a relay without clients would.
func carries(s *Store) rules.Carry {
	return func(_ context.Context, ops []rules.Op) ([]rules.Outcome, error) { return s.Commit(now, ops) }
}

func TestEraseBesideRelay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	lived(t, path)
	s := mustOpen(t, path)
	s.CarryErasures(carries(s))
	var told []string
	n, err := Erase(context.Background(), path, privateID, now, func(done, total int) { told = append(told, fmt.Sprint(done, total)) })
	if err != nil || n != 600 || len(told) == 0 || told[len(told)-1] != "600 600" {
		t.Fatalf("%d messages, %v, told %v", n, err, told)
	}
	wantForgotten(t, s, path, privateID, privateName, privateWord)
	var left int
	if err := s.readers.QueryRow(`SELECT (SELECT count(*) FROM erasures) + (SELECT count(*) FROM blanks)`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows are left, %v", left, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wantErased(t, path)
}

// wantForgotten checks that none of the words is in the file of an open store, in its log, or in any part of its index.
func wantForgotten(t *testing.T, s *Store, path string, words ...string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		content, _ := os.ReadFile(path + suffix)
		for _, word := range words {
			if n := bytes.Count(bytes.ToLower(content), []byte(strings.ToLower(word))); n > 0 {
				t.Errorf("%q is in the file%s, %d times", word, suffix, n)
			}
		}
	}
	if _, err := s.writer.Exec(`CREATE VIRTUAL TABLE temp.terms USING fts4aux(main, search)`); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = s.writer.Exec(`DROP TABLE temp.terms`) }()
	for _, word := range words {
		var n int
		if err := s.writer.QueryRow(`SELECT count(*) FROM temp.terms WHERE term GLOB ?`, strings.ToLower(word)+"*").Scan(&n); err != nil || n > 0 {
			t.Errorf("%q is in the index, %v", word, err)
		}
	}
	if _, err := s.writer.Exec(`INSERT INTO search (search) VALUES ('integrity-check')`); err != nil {
		t.Errorf("the index is damaged: %v", err)
	}
}

// TestForgetInUse checks that an old file forgets all texts of a user while others write, that the index forgets no
// others, and that this works even if the file is too large to be rewritten.
func TestForgetInUse(t *testing.T) {
	t.Run("anew", func(t *testing.T) { testForgetInUse(t, vacuumBytes) })
	t.Run("in steps", func(t *testing.T) { testForgetInUse(t, 0) })
}

func testForgetInUse(t *testing.T, vacuumMax int64) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, path)
	s.vacuumMax = vacuumMax
	write := writer{random: rand.New(rand.NewPCG(7, 1))}
	for range 150 {
		if _, err := s.Commit(now, write.some(1+write.random.IntN(80))); err != nil {
			t.Fatal(err)
		}
		if write.random.IntN(2) == 0 {
			settle(t, s)
		}
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
			ops := storetest.Sends("room-3", 1<<30+10*i, 2)
			if i%10 == 0 {
				ops = append(storetest.Sends("passing", 1<<30+10*i, 10), rules.Op{Room: "passing", Sender: ada, Do: rules.Drop{}})
			}
			if _, err := s.Commit(now, ops); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	s.CarryErasures(carries(s))
	n, err := Erase(context.Background(), path, privateID, now, nil)
	close(stop)
	<-stopped
	if err != nil || n != write.hers {
		t.Errorf("%d messages of %d, %v", n, write.hers, err)
	}
	wantForgotten(t, s, path, privateID, privateName, privateWord)
	checkIndex(t, s)
}

// writer sends messages of two users to several rooms, and edits those of one.
type writer struct {
	random  *rand.Rand
	n, hers int
}

func (w *writer) some(count int) []rules.Op {
	var ops []rules.Op
	for range count {
		w.n++
		room := fmt.Sprintf("room-%d", w.random.IntN(12))
		id := fmt.Sprintf("0199a1c4-7f3e-7c21-9f6b-%012x", w.n)
		text := strings.Repeat(fmt.Sprintf("about %d things ", w.n%97), 1+w.random.IntN(20))
		by := ada
		if w.random.IntN(5) == 0 {
			w.hers++
			by = protocol.User{ID: privateID, Name: privateName, Role: protocol.RoleParticipant}
			text += fmt.Sprintf("%s%d", privateWord, w.n)
			if w.random.IntN(10) == 0 { // a message with its own pages
				text = strings.Repeat(privateWord+" ", 700)
			}
		}
		ops = append(ops, rules.Op{Room: room, Sender: by, Do: rules.Send{Send: protocol.Send{Room: room, ID: id, Text: text}}})
		if by != ada && w.random.IntN(3) == 0 {
			ops = append(ops, rules.Op{Room: room, Sender: by, Do: rules.Edit{ID: id, Text: privateWord + " instead"}})
		}
	}
	return ops
}
