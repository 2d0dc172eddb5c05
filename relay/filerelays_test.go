package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hallway/test/servers"
)

// TestRelaysShareFiles checks that a relay sends, serves, links to and deletes a file that another relay received, even
// after a kill of the relay that deletes for all. A relay with another place does not start.
func TestRelaysShareFiles(t *testing.T) {
	db, place := servers.PostgreSQL(t), filepath.Join(t.TempDir(), "files")
	a := serveDB(t, db, "--rate", "0", "--files", place)
	b := serveDB(t, db, "--rate", "0", "--files", place)
	if out := a.printed(); !strings.Contains(out, "every relay on this database needs this same folder") {
		t.Errorf("the log: %s", out)
	}
	for n := 1; n <= 3; n++ {
		a.upload("lobby", "ada", n, fmt.Sprint("content ", n))
		b.sendFile("lobby", "ada", n)
	}
	if status, _, got := b.rest("GET", "/v1/rooms/lobby/files/"+id(2), token(t, "bob", "*"), ""); status != 200 || string(got) != "content 2" {
		t.Errorf("the other relay: %d %q", status, got)
	}
	var link struct{ URL string }
	if _, _, answer := a.rest("POST", "/v1/rooms/lobby/files/"+id(2)+"/link", token(t, "bob", "*"), ""); json.Unmarshal(answer, &link) != nil {
		t.Errorf("link: %s", answer)
	}
	linked, err := url.Parse(link.URL)
	if err != nil {
		t.Fatal(err)
	}
	if status, _, got := b.rest("GET", linked.RequestURI(), "", ""); status != 200 || string(got) != "content 2" {
		t.Errorf("the link at the other relay: %d %q", status, got)
	}
	wantUsage(t, "all relays on a database need the same place", "serve", "--addr", "127.0.0.1:0", "--db", db, "--files", filepath.Join(t.TempDir(), "other"))
	for _, p := range []*process{b, a} {
		if out, errOut := succeed(t, "check", "--db", db, "--files", place), ""; out != "" {
			t.Errorf("check: %s%s", out, errOut)
		}
		if status, _, answer := p.rest("DELETE", "/v1/rooms/lobby/messages/"+id(1), token(t, "ada", "*"), ""); status != 200 {
			t.Errorf("delete: %d %s", status, answer)
		}
	}
	awaitBlobs(t, place, 2)
	a.kill() // it started first, so it deletes for both
	if status, _, answer := b.rest("DELETE", "/v1/rooms/lobby/messages/"+id(2), token(t, "ada", "*"), ""); status != 200 {
		t.Errorf("delete: %d %s", status, answer)
	}
	awaitBlobs(t, place, 1)

	for _, args := range [][]string{{"check"}, {"export", "--user", "ada", "--to", filepath.Join(t.TempDir(), "list.json")}} {
		if code, _, errOut := run(t, nil, append(args, "--db", db)...); code != 0 || !strings.Contains(errOut, "files in the database: 1; ") || strings.Count(errOut, "\n") != 1 {
			t.Errorf("%v without --files: %d %q", args, code, errOut)
		}
	}
	list := filepath.Join(t.TempDir(), "ada.json")
	if out := succeed(t, "export", "--db", db, "--files", place, "--user", "ada", "--to", list); out != "" {
		t.Errorf("export: %s", out)
	}
	if got := blobs(t, list+".files"); len(got) != 1 || got[0] != "lobby~"+id(3) {
		t.Errorf("exported: %v", got)
	}
}

// TestFilesAreOffOnPostgres checks that without --files a relay on PostgreSQL refuses files, and says so once.
func TestFilesAreOffOnPostgres(t *testing.T) {
	p := serveDB(t, servers.PostgreSQL(t))
	if out := p.printed(); strings.Count(out, "no --files: this relay takes no files") != 1 {
		t.Errorf("the log: %s", out)
	}
	if status, _, answer := p.rest("PUT", "/v1/rooms/lobby/files/"+id(1)+"?name=a", token(t, "ada", "*"), "hello"); status != 403 || !strings.Contains(string(answer), `"files_off"`) {
		t.Errorf("an upload: %d %s", status, answer)
	}
}

// TestQuotasHoldInARace checks that of concurrent uploads, through one relay or two, exactly as many are accepted as fit into the
// quota.
func TestQuotasHoldInARace(t *testing.T) {
	const size, fit, tried = 1000, 7, 40
	limits := func(flag string) []string { return []string{"--rate", "0", flag, fmt.Sprint(size*fit + size/2)} }
	race := func(t *testing.T, room, sub func(n int) string, relays ...*process) {
		t.Helper()
		var mu sync.Mutex
		answers := make(map[string]int)
		var work sync.WaitGroup
		for n := range tried {
			work.Go(func() {
				path := fmt.Sprintf("/v1/rooms/%s/files/%s?name=%d", room(n), id(n+1), n)
				status, _, answer := relays[n%len(relays)].rest("PUT", path, token(t, sub(n), "*"), strings.Repeat("x", size))
				var problem struct{ Why string }
				_ = json.Unmarshal(answer, &problem)
				mu.Lock()
				answers[fmt.Sprint(status, problem.Why)]++
				mu.Unlock()
			})
		}
		work.Wait()
		if answers["201"] != fit || answers["403quota"] != tried-fit {
			t.Errorf("answers: %v, want %d files", answers, fit)
		}
	}
	one, each := func(int) string { return "one" }, func(n int) string { return fmt.Sprint("n-", n) }
	for flag, by := range map[string]struct{ room, sub func(n int) string }{"--user-files": {each, one}, "--room-files": {one, each}, "--all-files": {each, each}} {
		t.Run(flag, func(t *testing.T) {
			race(t, by.room, by.sub, serve(t, limits(flag)...))
			db := servers.PostgreSQL(t)
			files := []string{"--files", filepath.Join(t.TempDir(), "files")}
			args := append(limits(flag), files...)
			race(t, by.room, by.sub, serveDB(t, db, args...), serveDB(t, db, args...))
			if out := succeed(t, append([]string{"check", "--db", db}, files...)...); out != "" {
				t.Errorf("check: %s", out)
			}
		})
	}
}

// TestMigrateFiles migrates a database with files to PostgreSQL: the bytes stay in their place, which then belongs only
// to the new database.
func TestMigrateFiles(t *testing.T) {
	p := serve(t, "--rate", "0")
	place := p.db + ".files"
	for n := 1; n <= 4; n++ {
		p.upload("lobby", "ada", n, strings.Repeat("x", 100*n))
	}
	for n := 1; n <= 3; n++ {
		p.sendFile("lobby", "ada", n)
	}
	export := succeed(t, "export", "--db", p.db, "--user", "ada")
	before := p.page("lobby", "?since=0&limit=500")
	p.stop()
	db := servers.PostgreSQL(t)
	wantUsage(t, "name the place of their bytes", "migrate", "--from", p.db, "--to", db, "--files", "off")
	wantUsage(t, "there is no folder", "migrate", "--from", p.db, "--to", db, "--files", filepath.Join(t.TempDir(), "none"))
	if out := succeed(t, "migrate", "--from", p.db, "--to", db); !strings.Contains(out, "files: 4; their bytes stay in "+place) || !strings.Contains(out, " --files "+place) {
		t.Errorf("migrate: %s", out)
	}
	wantUsage(t, "has rooms already", "migrate", "--from", p.db, "--to", db)
	wantUsage(t, "another database", "serve", "--addr", "127.0.0.1:0", "--db", p.db)
	if got := succeed(t, "export", "--db", db, "--user", "ada"); got != export {
		t.Errorf("export: %s\nwant %s", got, export)
	}
	if out := succeed(t, "check", "--db", db, "--files", place); out != "" {
		t.Errorf("check: %s", out)
	}

	q := serveDB(t, db, "--rate", "0", "--files", place, "--user-files", "1050")
	if after := q.page("lobby", "?since=0&limit=500"); fmt.Sprint(after.Messages) != fmt.Sprint(before.Messages) || len(after.Messages[0].Files) != 1 {
		t.Errorf("after: %+v\nbefore: %+v", after, before)
	}
	if status, _, got := q.rest("GET", "/v1/rooms/lobby/files/"+id(2), token(t, "bob", "*"), ""); status != 200 || len(got) != 200 {
		t.Errorf("a file: %d, %d bytes", status, len(got))
	}
	q.sendFile("lobby", "ada", 4)
	if status, _, answer := q.rest("PUT", "/v1/rooms/lobby/files/"+id(9)+"?name=a", token(t, "ada", "*"), strings.Repeat("x", 51)); status != 403 || !strings.Contains(string(answer), `"quota"`) {
		t.Errorf("the bytes of before count: %d %s", status, answer)
	}
	if status, _, _ := q.rest("DELETE", "/v1/rooms/lobby/messages/"+id(3), token(t, "ada", "*"), ""); status != 200 {
		t.Errorf("delete: %d", status)
	}
	awaitBlobs(t, place, 3)
}
