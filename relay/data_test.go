package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fill posts n messages of sub to the lobby of a relay, the ids from first on.
func (p *process) fill(sub string, first, n int) {
	p.t.Helper()
	bearer := token(p.t, sub, "*")
	for i := first; i < first+n; i++ {
		body := fmt.Sprintf(`{"id":%q,"text":"Message %d of %s"}`, id(i), i, sub)
		if status, _, answer := p.rest("POST", "/v1/rooms/lobby/messages", bearer, body); status != 201 {
			p.t.Fatalf("post: %d %s", status, answer)
		}
	}
}

// succeed runs a command that must succeed.
func succeed(t *testing.T, args ...string) (stdout string) {
	t.Helper()
	code, stdout, stderr := run(t, nil, args...)
	if code != 0 || stderr != "" {
		t.Fatalf("%v: exit code %d, stderr %q", args, code, stderr)
	}
	return stdout
}

// TestDataCommands follows a database from an operator's view: commands that may run beside the relay succeed, and the
// others refuse.
func TestDataCommands(t *testing.T) {
	p := serve(t, "--rate", "0")
	p.fill("u_1", 1, 20)
	p.fill("u_2", 21, 10)
	dir := t.TempDir()
	backup, export := filepath.Join(dir, "backup.db"), filepath.Join(dir, "export.json")

	succeed(t, "backup", "--db", p.db, "--to", backup)
	if out := succeed(t, "check", "--db", p.db); out != "" {
		t.Errorf("check beside the relay: %s", out)
	}
	succeed(t, "export", "--db", p.db, "--user", "u_2", "--to", export)
	content, err := os.ReadFile(export)
	if err != nil || !json.Valid(content) || strings.Count(string(content), " of u_2") != 20 { // text and name
		t.Errorf("export: %v %s", err, content)
	}
	if out := succeed(t, "export", "--db", p.db, "--user", "u_2"); out != string(content) {
		t.Errorf("export to stdout: %s", out)
	}
	wantUsage(t, "another relay is using it", "restore", "--db", p.db, "--from", backup, "--force")
	p.fill("u_1", 31, 5)
	before := p.page("lobby", "")
	p.stop()

	succeed(t, "restore", "--db", p.db, "--from", backup, "--force")
	p = p.again()
	after := p.page("lobby", "?limit=500")
	if after.Head != 30 || len(after.Messages) != 30 || after.Epoch == before.Epoch {
		t.Errorf("restored: head %d, epoch %q after %q", after.Head, after.Epoch, before.Epoch)
	}
	p.stop()
	if out := succeed(t, "erase", "--db", p.db, "--user", "u_2"); out != "messages erased: 10\n" {
		t.Errorf("erase: %q", out)
	}
	p = p.again()
	since := p.page("lobby", "?since=30&limit=500")
	if since.Head != 40 || len(since.Messages) != 10 || since.Epoch != after.Epoch {
		t.Errorf("since: head %d, %d messages", since.Head, len(since.Messages))
	}
	for _, m := range since.Messages {
		if !m.Deleted() || m.Sender.Name != "" || m.Sender.ID == "u_2" {
			t.Errorf("%+v", m)
		}
	}
	p.stop()
	if out := p.printed(); strings.Contains(out, "u_2") {
		t.Errorf("a log names a user: %s", out)
	}
	if out := succeed(t, "check", "--db", p.db); out != "" {
		t.Errorf("check: %s", out)
	}
}

func wantUsage(t *testing.T, want string, args ...string) {
	t.Helper()
	code, stdout, stderr := run(t, nil, args...)
	if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
		t.Errorf("%v: exit code %d, stdout %q, stderr %q; want %q in it", args, code, stdout, stderr, want)
	}
}

func TestDataCommandsRefuse(t *testing.T) {
	dir := t.TempDir()
	file, none := filepath.Join(dir, "file"), filepath.Join(dir, "none")
	if err := os.WriteFile(file, []byte(strings.Repeat("this is no database. ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	wantUsage(t, "--to", "backup", "--db", file)
	wantUsage(t, "no such file", "backup", "--db", none, "--to", filepath.Join(dir, "copy"))
	wantUsage(t, "no such file", "restore", "--db", filepath.Join(dir, "new.db"), "--from", none)
	wantUsage(t, "that is the backup itself", "restore", "--db", file, "--from", file, "--force")
	wantUsage(t, "no such file", "check", "--db", none)
	wantUsage(t, "--user", "export", "--db", file)
	wantUsage(t, "exists already", "export", "--db", file, "--user", "u", "--to", file)
	wantUsage(t, "not a valid user id", "export", "--db", file, "--user", "")
	wantUsage(t, "not a valid user id", "erase", "--db", file, "--user", "")
	wantUsage(t, "no such file", "erase", "--db", none, "--user", "u")
	wantUsage(t, "not a database", "erase", "--db", file, "--user", "u")
	if _, err := os.Stat(none); err == nil {
		t.Error("a database was made")
	}
	wantUsage(t, "not a database", "backup", "--db", file, "--to", filepath.Join(dir, "copy"))
	wantUsage(t, "not a database", "restore", "--db", filepath.Join(dir, "new.db"), "--from", file)
	wantUsage(t, "not a database", "export", "--db", file, "--user", "u", "--to", filepath.Join(dir, "export"))
	wantUsage(t, "not a database", "check", "--db", file)
	for _, left := range []string{"copy", "new.db", "export"} {
		if _, err := os.Stat(filepath.Join(dir, left)); err == nil {
			t.Errorf("%s is left", left)
		}
	}
}

// TestKilledUnderWay kills a restore and an erase at random moments: the next relay finds a complete database, and the
// repeated command succeeds.
func TestKilledUnderWay(t *testing.T) {
	p := serve(t, "--rate", "0")
	p.fill("u_1", 1, 150)
	p.fill("u_2", 151, 150)
	backup := filepath.Join(t.TempDir(), "backup.db")
	succeed(t, "backup", "--db", p.db, "--to", backup)
	p.stop()
	for _, args := range [][]string{
		{"restore", "--db", p.db, "--from", backup, "--force"},
		{"erase", "--db", p.db, "--user", "u_2"},
	} {
		for n := range 8 {
			cmd := command(t, nil, args...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			kill := time.AfterFunc(time.Duration(5+10*n)*time.Millisecond, func() { _ = cmd.Process.Kill() })
			_ = cmd.Wait()
			kill.Stop()
			if out := succeed(t, "check", "--db", p.db); out != "" {
				t.Fatalf("%s, killed: %s", args[0], out)
			}
		}
		succeed(t, args...)
	}
	p = p.again()
	page := p.page("lobby", "?limit=500")
	for i, m := range page.Messages {
		if m.Deleted() != (i >= 150) {
			t.Fatalf("%+v", m)
		}
	}
	if len(page.Messages) != 300 || page.Head != 450 {
		t.Errorf("%d messages, head %d", len(page.Messages), page.Head)
	}
	p.stop()
}
