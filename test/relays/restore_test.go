package relays

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/test/relaytest"
	"hallway/test/servers"
)

// postgres runs one of PostgreSQL's client programs to its end.
func postgres(t *testing.T, program string, args ...string) {
	t.Helper()
	run := exec.CommandContext(t.Context(), filepath.Join(servers.PostgreSQLPrograms(t), program), args...)
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// TestDumpAndRestore checks that a relay on a new database that pg_restore has filled from a dump has the dump's messages. The rooms
// have another epoch, so that clients drop the messages that came after the dump.
func TestDumpAndRestore(t *testing.T) {
	w := &world{T: t}
	old, restored := servers.PostgreSQL(t), servers.PostgreSQL(t)
	dump := filepath.Join(t.TempDir(), "hallway.dump")
	first := relaytest.StartOn(t, old, "--rate", "0")
	ada, before, err := w.enter(first, w.token("ada"), "lobby")
	if err != nil {
		t.Fatal(err)
	}
	tell := func(c *client, n int) (last protocol.Message) {
		t.Helper()
		for range n {
			if err := c.say(message("lobby")); err != nil {
				t.Fatal(err)
			}
			f, err := await[protocol.Changed](c, patience)
			if err != nil {
				t.Fatal(err)
			}
			last = f.Message
		}
		return last
	}
	kept := tell(ada, 5)
	postgres(t, "pg_dump", "--format=custom", "--file", dump, old) // the relay goes on meanwhile
	tell(ada, 3)
	first.Kill()
	postgres(t, "pg_restore", "--no-owner", "--exit-on-error", "--dbname", restored, dump)
	second := relaytest.StartOn(t, restored, "--rate", "0")
	again, after, err := w.enter(second, w.token("ada"), "lobby")
	if err != nil {
		t.Fatal(err)
	}
	if after.Head != kept.Rev || after.Epoch == before.Epoch || after.Epoch == "" {
		t.Errorf("joined at head %d in epoch %q, want head %d and another epoch than %q", after.Head, after.Epoch, kept.Rev, before.Epoch)
	}
	if m := tell(again, 1); m.Rev != kept.Rev+1 || m.CreatedAt <= kept.CreatedAt {
		t.Errorf("the next message is %+v, the last that was saved %+v", m, kept)
	}
	var p page
	if status, err := w.get(second, w.token("ada"), "/v1/rooms/lobby/messages", &p); err != nil || status != 200 || len(p.Messages) != 6 {
		t.Errorf("page: %d, %v, %d messages", status, err, len(p.Messages))
	}
	second.Kill()
	third := relaytest.StartOn(t, restored, "--rate", "0") // a second start keeps the epoch of the restored rooms
	if _, last, err := w.enter(third, w.token("ada"), "lobby"); err != nil || last.Epoch != after.Epoch {
		t.Errorf("after a restart the epoch is %q, was %q, %v", last.Epoch, after.Epoch, err)
	}
}

// TestPointInTimeRecovery checks that the rooms get another epoch after a recovery to a point in time, from a base backup and the archived
// log, because that is another history.
func TestPointInTimeRecovery(t *testing.T) {
	w := &world{T: t}
	c := servers.NewArchivedCluster(t)
	url := c.Database(t)
	first := relaytest.StartOn(t, url, "--rate", "0")
	ada, before, err := w.enter(first, w.token("ada"), "lobby")
	if err != nil {
		t.Fatal(err)
	}
	say := func() {
		t.Helper()
		if err := ada.say(message("lobby")); err != nil {
			t.Fatal(err)
		}
		if _, err := await[protocol.Changed](ada, patience); err != nil {
			t.Fatal(err)
		}
	}
	say()
	copied := c.BaseBackup(t)
	say()
	query := func(sql string) {
		t.Helper()
		postgres(t, "psql", "-XAqtd", url, "-c", sql)
	}
	query("SELECT pg_create_restore_point('here')")
	say()
	query("SELECT pg_switch_wal()")
	first.Kill()
	c.Stop()
	copied.Recover(t, "here")
	second := relaytest.StartOn(t, strings.Replace(url, c.Addr, copied.Addr, 1), "--rate", "0")
	_, after, err := w.enter(second, w.token("ada"), "lobby")
	if err != nil {
		t.Fatal(err)
	}
	if after.Head != 2 || after.Epoch == before.Epoch {
		t.Errorf("joined at head %d in epoch %q, want head 2 and another epoch than %q", after.Head, after.Epoch, before.Epoch)
	}
}
