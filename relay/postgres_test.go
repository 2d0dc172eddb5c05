package main

import (
	"strings"
	"testing"

	"hallway/test/servers"
)

// TestPostgresCommands follows a database in PostgreSQL from an operator's view.
func TestPostgresCommands(t *testing.T) {
	const password = "Geheim-1"
	db := strings.Replace(servers.PostgreSQL(t), "hallway@", "hallway:"+password+"@", 1)
	p := serveDB(t, db, "--rate", "0")
	p.fill("u_1", 1, 20)
	p.fill("u_2", 21, 10)
	if out := succeed(t, "check", "--db", db); out != "" {
		t.Errorf("check beside the relay: %s", out)
	}
	if out := succeed(t, "export", "--db", db, "--user", "u_2"); strings.Count(out, " of u_2") != 20 { // text and name
		t.Errorf("export: %s", out)
	}
	wantUsage(t, "take a backup with pg_dump", "backup", "--db", db, "--to", "backup.db")
	wantUsage(t, "restore a backup with pg_restore", "restore", "--db", db, "--from", "backup.db")
	before := p.page("lobby", "")
	p.stop()
	if strings.Contains(p.printed(), password) {
		t.Errorf("the log has the password: %s", p.printed())
	}
	if out := succeed(t, "erase", "--db", db, "--user", "u_2"); out != "messages erased: 10\n" {
		t.Errorf("erase: %q", out)
	}
	p = p.again()
	since := p.page("lobby", "?since=30&limit=500")
	if since.Head != 40 || len(since.Messages) != 10 || since.Epoch != before.Epoch {
		t.Errorf("since: head %d, %d messages, epoch %q after %q", since.Head, len(since.Messages), since.Epoch, before.Epoch)
	}
	for _, m := range since.Messages {
		if !m.Deleted() || m.Sender.Name != "" || m.Sender.ID == "u_2" {
			t.Errorf("%+v", m)
		}
	}
}

// TestDatabaseFlag checks that an unusable database gives one clear line, without the password.
func TestDatabaseFlag(t *testing.T) {
	for db, want := range map[string]string{
		"mysql://hallway@127.0.0.1/chat":                "mysql:// is not known",
		"postgres://u:Geheim-1@127.0.0.1:1/chat":        "connection refused",
		"postgres://u:Geheim-1%zz@127.0.0.1:5432/chat":  "the URL is not valid",
		"postgresql://u:Geheim-1@127.0.0.1:1/chat":      "connection refused",
		servers.PostgreSQL(t) + "&connect_timeout=soon": "the URL is not valid",
	} {
		for _, args := range [][]string{{"serve"}, {"check"}, {"export", "--user", "u_1"}, {"erase", "--user", "u_1"}} {
			code, _, stderr := run(t, nil, append(args, "--db", db)...)
			if code != exitUsage || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 || strings.Contains(stderr, "Geheim-1") {
				t.Errorf("%v with %s: exit code %d, %q", args, db, code, stderr)
			}
		}
	}
	wantUsage(t, "fsync=off", "serve", "--db", servers.Scratch(t))
	wantUsage(t, "--db-failover is for postgres://", "serve", "--db-failover", "lossless")
}
