package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
)

// crashEnv names the database of a test program that is started to be killed.
const crashEnv = "HALLWAY_STORE_CRASH"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashEnv); path != "" {
		fmt.Fprintln(os.Stderr, commitUntilKilled(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

var crashRooms = []string{"lobby", "stage", "bar"}

// commitUntilKilled continues after an earlier killed process, and prints each message that Commit has acknowledged.
func commitUntilKilled(path string) error {
	s, err := Open(context.Background(), Options{Path: path})
	if err != nil {
		return err
	}
	page, err := s.Page(context.Background(), crashRooms[0], "", rules.Query{Limit: 1})
	if err != nil {
		return err
	}
	for n := int(page.Head) + 1; ; n += 5 {
		var ops []rules.Op
		for _, room := range crashRooms {
			ops = append(ops, storetest.Sends(room, n, 5)...)
		}
		outcomes, err := s.Commit(time.Now(), ops)
		if err != nil {
			return err
		}
		for _, out := range outcomes {
			m := changeOf(out).Message
			fmt.Println(m.Room, m.Seq, m.ID)
		}
	}
}

// TestKill repeatedly kills a process that commits to one database, and checks that all acknowledged messages are
// there.
func TestKill(t *testing.T) {
	const rounds, reportedMin = 3, 600
	path := filepath.Join(t.TempDir(), "hallway.db")
	reported := make(map[string]string) // "room seq" → id
	for range rounds {
		runAndKill(t, path, reportedMin, reported)

		s := mustOpen(t, path) // at once: the lock was released with the process
		stored := make(map[string]string)
		for _, room := range crashRooms {
			head(t, s, room)
			for _, m := range all(t, s, room) {
				stored[fmt.Sprintf("%s %d", room, m.Seq)] = m.ID
			}
		}
		for place, id := range reported {
			if stored[place] != id {
				t.Errorf("%s: reported %s, stored %q", place, id, stored[place])
			}
		}
		checkIndex(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// runAndKill starts a process that commits, kills it after enough acknowledged messages, and adds all of these to
// reported.
func runAndKill(t *testing.T, path string, enough int, reported map[string]string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashEnv+"="+path)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	n := 0
	for lines.Scan() {
		var room, id string
		var seq int64
		if _, err := fmt.Sscan(lines.Text(), &room, &seq, &id); err != nil {
			continue // the kill cut the last line
		}
		reported[fmt.Sprintf("%s %d", room, seq)] = id
		if n++; n == enough {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // "killed", as expected
	if n < enough {
		t.Fatalf("the process ended by itself after %d messages", n)
	}
}

// all returns all messages of a room.
func all(t *testing.T, s *Store, room string) (messages []protocol.Message) {
	t.Helper()
	for more := true; more; {
		page, err := s.Page(context.Background(), room, "", rules.Query{
			Kind: rules.QueryAfter, At: int64(len(messages)), Limit: protocol.PageMessagesMax,
		})
		if err != nil {
			t.Fatal(err)
		}
		messages, more = append(messages, page.Messages...), page.More
	}
	return messages
}
