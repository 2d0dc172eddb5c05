package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hallway/e2ee/devicetest"
	"hallway/protocol"
	"hallway/test/servers"
)

// TestEncryptedRoomMoves checks that a backup, a restore and a migration to PostgreSQL copy devices, turns and wraps, and that an
// erasure deletes the user's.
func TestEncryptedRoomMoves(t *testing.T) {
	p := serve(t)
	p.sealRoom("lobby")
	ada, bob := devicetest.New("ada"), devicetest.New("bob")
	mod, _ := p.enterWith(tokenAs(t, "ada", protocol.RoleModerator, "lobby"), &ada, "lobby")
	p.enterWith(token(t, "bob", "lobby"), &bob, "lobby")
	turn := ada.Turn("lobby", 1, nil)
	mod.say(protocol.MakeTurn{Room: "lobby", Turn: turn, Wraps: []protocol.Wrap{devicetest.Wrap(bob.ID)}})
	want[protocol.Turned](mod)
	mod.say(sealedSend(1, turn.Kid))
	want[protocol.Changed](mod)
	backup := filepath.Join(t.TempDir(), "backup.db")
	succeed(t, "backup", "--db", p.db, "--to", backup)
	export := succeed(t, "export", "--db", p.db, "--user", "bob")
	if !strings.Contains(export, bob.ID) || strings.Contains(export, ada.Cert) {
		t.Errorf("export of bob: %s", export)
	}
	p.stop()
	knows := func(p *process) {
		t.Helper()
		_, joined := p.enterWith(token(t, "bob", "lobby"), &bob, "lobby")
		if l := joined.E2EE; l == nil || l.Turn == nil || l.Turn.Kid != turn.Kid || l.Wrap == nil {
			t.Fatalf("joined %+v", l)
		}
	}
	succeed(t, "restore", "--db", p.db, "--from", backup, "--force")
	p = serveDB(t, p.db)
	knows(p)
	p.stop()

	db := servers.PostgreSQL(t)
	succeed(t, "migrate", "--from", p.db, "--to", db)
	if got := succeed(t, "export", "--db", db, "--user", "bob"); got != export {
		t.Errorf("export: %s\nwant %s", got, export)
	}
	q := serveDB(t, db)
	knows(q)
	q.stop()
	for _, place := range []string{p.db, db} {
		succeed(t, "erase", "--db", place, "--user", "bob")
		if got := succeed(t, "export", "--db", place, "--user", "bob"); strings.Contains(got, bob.ID) {
			t.Errorf("after the erasure: %s", got)
		}
		if out := succeed(t, "check", "--db", place); out != "" {
			t.Errorf("check: %s", out)
		}
	}
	for _, form := range []string{bob.ID, bob.Cert, bob.Sig} {
		for _, file := range p.files()[:1] {
			content, err := os.ReadFile(file)
			if err != nil || strings.Contains(string(content), form) {
				t.Errorf("%s: %v, or %s is in it", file, err, form)
			}
		}
	}
}
