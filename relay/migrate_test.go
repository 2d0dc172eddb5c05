package main

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"hallway/protocol"
	"hallway/test/servers"
)

// TestMigrate copies a database with all kinds of rows to PostgreSQL: a relay on it continues with the same epochs of the rooms, and
// returns the same data.
func TestMigrate(t *testing.T) {
	p := serve(t, "--rate", "0")
	p.fill("u_1", 1, 30)
	p.fill("u_2", 31, 10)
	c := p.enter("u_1", "lobby")
	c.say(protocol.React{Room: "lobby", ID: id(3), Emoji: "👍", On: true})
	want[protocol.Changed](c)
	c.say(protocol.Edit{Room: "lobby", ID: id(4), Text: "Changed, with a straße"})
	want[protocol.Changed](c)
	c.say(protocol.Delete{Room: "lobby", ID: id(5)})
	want[protocol.Changed](c)
	before := p.page("lobby", "?since=0&limit=500")
	export := succeed(t, "export", "--db", p.db, "--user", "u_1")
	db := servers.PostgreSQL(t)
	wantUsage(t, "another relay is using it", "migrate", "--from", p.db, "--to", db)
	p.stop()

	rows := len(before.Messages) + 1 /* room */ + 1 /* reaction */ + 1 /* member */
	out := succeed(t, "migrate", "--from", p.db, "--to", db)
	if w := fmt.Sprintf("rows copied, and compared by number and checksum: %d\n", rows); len(out) < len(w) || out[:len(w)] != w {
		t.Errorf("migrate: %q, want %q", out, w)
	}
	wantUsage(t, "has rooms already", "migrate", "--from", p.db, "--to", db)
	wantUsage(t, "--to: this must be postgres://", "migrate", "--from", p.db, "--to", "other.db")
	wantUsage(t, "no such file", "migrate", "--from", filepath.Join(t.TempDir(), "none.db"), "--to", db)
	if out := succeed(t, "check", "--db", db); out != "" {
		t.Errorf("check: %s", out)
	}
	if got := succeed(t, "export", "--db", db, "--user", "u_1"); got != export {
		t.Errorf("export: %s\nwant %s", got, export)
	}

	q := serveDB(t, db, "--rate", "0")
	after := q.page("lobby", "?since=0&limit=500")
	if fmt.Sprint(after) == "" || after.Epoch != before.Epoch || after.Head != before.Head || fmt.Sprint(after.Messages) != fmt.Sprint(before.Messages) {
		t.Errorf("after: %+v\nbefore: %+v", after, before)
	}
	q.fill("u_3", 100, 1)
	if page := q.page("lobby", "?limit=1"); page.Head != before.Head+1 || page.Messages[0].Seq != before.Head+1 {
		t.Errorf("the next message: %+v", page)
	}
	waitFor(t, func() bool { return len(q.page("lobby", "?q=strasse").Messages) == 1 })
}

// waitFor waits for a condition, and fails the test if it stays false.
func waitFor(t *testing.T, come func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for !come() {
		if ctx.Err() != nil {
			t.Fatal("it does not come")
		}
	}
}
