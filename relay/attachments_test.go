package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hallway/files/collect"
	"hallway/files/disk"
	"hallway/files/scan/scantest"
	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/store/postgres"
	"hallway/test/servers"
)

// blobs returns the names of the files in a place, without the place's own files.
func blobs(t *testing.T, place string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(place, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // deleted meanwhile
			return nil
		}
		if name := d.Name(); err == nil && !d.IsDir() && name != "lock" && name != "hallway-owner" {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// awaitBlobs waits until so many files are in a place.
func awaitBlobs(t *testing.T, place string, want int) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		got := blobs(t, place)
		if len(got) == want {
			return
		}
		if time.Since(began) > patience {
			t.Fatalf("%d files are stored, want %d: %v", len(got), want, got)
		}
	}
}

// upload uploads the n-th file into a room.
func (p *process) upload(room, sub string, n int, content string) {
	p.t.Helper()
	status, _, answer := p.rest("PUT", fmt.Sprintf("/v1/rooms/%s/files/%s?name=%d.bin", room, id(n), n), token(p.t, sub, "*"), content)
	if status != 201 {
		p.t.Fatalf("upload %d: %d %s", n, status, answer)
	}
}

// sendFile sends the n-th message with the n-th file.
func (p *process) sendFile(room, sub string, n int) {
	p.t.Helper()
	status, _, answer := p.rest("POST", "/v1/rooms/"+room+"/messages", token(p.t, sub, "*"), fmt.Sprintf(`{"id":%q,"files":[%q]}`, id(n), id(n)))
	if status != 201 {
		p.t.Fatalf("send %d: %d %s", n, status, answer)
	}
}

// onEachDatabase runs a test with a relay on SQLite and one on PostgreSQL, both with a folder of files.
func onEachDatabase(t *testing.T, run func(t *testing.T, p *process, place string)) {
	t.Run("SQLite", func(t *testing.T) {
		p := serve(t, "--rate", "0")
		run(t, p, p.db+".files")
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		place := filepath.Join(t.TempDir(), "files")
		run(t, serveDB(t, servers.PostgreSQL(t), "--rate", "0", "--files", place), place)
	})
}

// sweep does, without a relay, the work of a PostgreSQL relay's collector two hours later.
func sweep(t *testing.T, db, place string) {
	t.Helper()
	store, err := postgres.Open(t.Context(), postgres.Options{URL: db})
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := disk.OpenShared(place)
	if err != nil {
		t.Fatal(err)
	}
	later := func() time.Time { return time.Now().Add(2 * time.Hour) }
	c := collect.New(collect.Options{Store: bytes, Rows: store, Log: slog.New(slog.DiscardHandler), Now: later})
	if err := errors.Join(c.Step(t.Context()), bytes.Close(), store.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestKilledAmongUploads checks that after kills at random moments each message has its complete file, and that no
// bytes without an upload are left.
func TestKilledAmongUploads(t *testing.T) { onEachDatabase(t, testKilledAmongUploads) }

func testKilledAmongUploads(t *testing.T, p *process, place string) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	content := func(n int) string { return strings.Repeat(fmt.Sprintf("%08d", n), 40_000) }
	next := 0
	var mu sync.Mutex
	var unanswered [][3]string
	var sent atomic.Int64
	for range 6 {
		before := sent.Load()
		var work sync.WaitGroup
		for range 6 {
			first := next
			next += 1000
			work.Go(func() {
				for n := first; n < first+1000; n++ {
					steps := [][3]string{{"PUT", fmt.Sprintf("/v1/rooms/lobby/files/%s?name=%d", id(n), n), content(n)}}
					if n%2 == 0 {
						steps = append(steps, [3]string{"POST", "/v1/rooms/lobby/messages", fmt.Sprintf(`{"id":%q,"files":[%q]}`, id(n), id(n))})
					}
					if n%4 == 0 {
						steps = append(steps, [3]string{"DELETE", "/v1/rooms/lobby/messages/" + id(n), ""})
					}
					for _, s := range steps {
						if !p.tries(s[0], s[1], s[2]) {
							mu.Lock()
							unanswered = append(unanswered, s)
							mu.Unlock()
							return
						}
						if s[0] == "POST" {
							sent.Add(1)
						}
					}
				}
			})
		}
		until(t, "a message with a file is sent", func() bool { return sent.Load() > before })
		time.Sleep(time.Duration(50+random.IntN(400)) * time.Millisecond)
		p.kill()
		work.Wait()
		p = p.again()
		// A request that was killed before its answer, stored or not, is carried out once when it is repeated.
		for _, s := range unanswered {
			if !p.tries(s[0], s[1], s[2]) {
				t.Errorf("%s %s is refused after the kill", s[0], s[1])
			}
		}
		unanswered = nil
	}
	with := 0
	for since := int64(0); ; {
		page := p.page("lobby", fmt.Sprintf("?since=%d&limit=500", since))
		for _, m := range page.Messages {
			since = m.Rev
			if m.Deleted() {
				continue
			}
			with++
			var n int
			if _, err := fmt.Sscan(m.Text, &n); err != nil {
				t.Fatal(err)
			}
			if status, _, got := p.rest("GET", "/v1/rooms/lobby/files/"+m.Files[0].ID, token(t, "reader", "*"), ""); status != 200 || string(got) != content(n) {
				t.Errorf("message %s: status %d, %d bytes", m.ID, status, len(got))
			}
		}
		if !page.More {
			break
		}
	}
	all, unused := p.metric("hallway_files"), p.metric("hallway_files_unused")
	if with == 0 || all != with+unused {
		t.Errorf("%d messages have files, %d files are unused, and there are %d", with, unused, all)
	}
	if strings.HasPrefix(p.db, "postgres") {
		p.stop()
		sweep(t, p.db, place)
		awaitBlobs(t, place, all)
	} else {
		awaitBlobs(t, place, all)
		p.stop()
	}
	if code, out, _ := run(t, nil, "check", "--db", p.db, "--files", place); code != 0 {
		t.Errorf("check: %s", out)
	}
}

// tries makes a request of a user, and reports whether it succeeded.
func (p *process) tries(method, path, body string) bool {
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url("http", path), strings.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Authorization", "Bearer "+token(p.t, "ada", "*"))
	web := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	res, err := web.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode < 300
}

// tokenAs returns a token with a role.
func tokenAs(t *testing.T, sub string, role protocol.Role, room string) string {
	t.Helper()
	keeper, err := auth.NewKeeper([]byte(testSecret))
	if err != nil {
		t.Fatal(err)
	}
	token, err := keeper.Issue(auth.Claims{Sub: sub, Role: role, Rooms: []auth.Room{{Pattern: room, Role: role}}}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// metric reads a gauge without labels.
func (p *process) metric(name string) (n int) {
	p.t.Helper()
	_, _, body := p.rest("GET", "/metrics", "", "")
	for line := range strings.Lines(string(body)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			var f float64
			if _, err := fmt.Sscan(value, &f); err != nil {
				p.t.Fatal(err)
			}
			return int(f)
		}
	}
	p.t.Fatalf("there is no metric %s", name)
	return 0
}

// TestFilesAreDeletedWithTheirOwners checks that the bytes are deleted with a message, a clear, a room, an old message and an
// erased user.
func TestFilesAreDeletedWithTheirOwners(t *testing.T) {
	onEachDatabase(t, testFilesAreDeletedWithTheirOwners)
}

func testFilesAreDeletedWithTheirOwners(t *testing.T, p *process, place string) {
	for n := 1; n <= 6; n++ {
		room, sub := "lobby", "ada"
		switch n {
		case 3, 4:
			sub = "bob"
		case 5:
			room = "other"
		}
		p.upload(room, sub, n, fmt.Sprint("content ", n))
		p.sendFile(room, sub, n)
	}
	p.upload("lobby", "bob", 7, "unused")
	awaitBlobs(t, place, 7)
	do := func(method, path, body string, want int) {
		t.Helper()
		status, _, answer := p.rest(method, path, tokenAs(t, "org", protocol.RoleOrganizer, "*"), body)
		if status != 200 && status != 204 {
			t.Fatalf("%s %s: %d %s", method, path, status, answer)
		}
		awaitBlobs(t, place, want)
	}
	do("DELETE", "/v1/rooms/lobby/messages/"+id(1), "", 6)
	do("DELETE", "/v1/rooms/other", "", 5)
	do("DELETE", "/v1/rooms/lobby/members/bob/messages", "", 3)
	if code, out, errOut := run(t, nil, "erase", "--db", p.db, "--files", place, "--user", "bob"); code != 0 {
		t.Fatalf("erase: %s%s", out, errOut)
	}
	awaitBlobs(t, place, 2)
	p.stop()
	if code, out, errOut := run(t, nil, "erase", "--db", p.db, "--files", place, "--user", "ada"); code != 0 {
		t.Fatalf("erase: %s%s", out, errOut)
	}
	if left := blobs(t, place); len(left) > 0 {
		t.Errorf("left after an erasure without a relay: %v", left)
	}
}

func TestFlagsOfFiles(t *testing.T) {
	for name, args := range map[string][]string{
		"a folder that cannot be": {"--files", "/dev/null/x"}, "a scheme": {"--files", "ftp://host/x"}, "a bucket": {"--files", "s3://?endpoint=x"},
		"a scanner": {"--scan", "clamd"}, "a type": {"--file-types", "pictures"}, "a size": {"--user-files", "lots"}, "a negative size": {"--all-files=-1"},
	} {
		code, _, errOut := run(t, nil, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
		if code != exitUsage || strings.Count(errOut, "\n") != 1 {
			t.Errorf("%s: exit code %d: %s", name, code, errOut)
		}
	}
	p := serve(t)
	code, _, errOut := run(t, nil, "serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(t.TempDir(), "other.db"), "--files", p.db+".files")
	if code != exitUsage || !strings.Contains(errOut, "another relay is using it") {
		t.Errorf("a place in use: %d %s", code, errOut)
	}
	p.stop()
	code, _, errOut = run(t, nil, "serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(t.TempDir(), "other.db"), "--files", p.db+".files")
	if code != exitUsage || !strings.Contains(errOut, "another database") {
		t.Errorf("the place of another database: %d %s", code, errOut)
	}

	p = serve(t, "--files", "off")
	if _, err := os.Stat(p.db + ".files"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder: %v", err)
	}
	if w := p.welcome(); slices.Contains(w.Features, "files") || w.Limits.FileBytes != 0 {
		t.Errorf("welcome says %+v", w)
	}
	if status, _, answer := p.rest("PUT", "/v1/rooms/lobby/files/"+id(1)+"?name=a", token(t, "ada", "*"), "hello"); status != 403 || !strings.Contains(string(answer), `"files_off"`) {
		t.Errorf("an upload: %d %s", status, answer)
	}

	p = serve(t, "--scan", scantest.Clamd(t, 1<<20), "--file-types", "text/*", "--user-files", "1KiB")
	if w := p.welcome(); !slices.Contains(w.Features, "files") || w.Limits.FileBytes != 26214400 || w.Limits.MessageFiles != 10 {
		t.Errorf("welcome says %+v", w)
	}
	for n, c := range [][2]string{{scantest.EICAR, "scan"}, {"\x00", "file_type"}, {strings.Repeat("x", 1025), "quota"}, {"hello", ""}} {
		content, why := c[0], c[1]
		_, _, answer := p.rest("PUT", "/v1/rooms/lobby/files/"+id(n+1)+"?name=a", token(t, "ada", "*"), content)
		var problem struct{ Why string }
		if err := json.Unmarshal(answer, &problem); err != nil || problem.Why != why {
			t.Errorf("%.20q: %s", content, answer)
		}
	}
	_, _, metrics := p.rest("GET", "/metrics", "", "")
	for _, why := range []string{"scan", "file_type", "quota"} {
		if want := fmt.Sprintf("hallway_uploads_refused_total{why=%q} 1\n", why); !strings.Contains(string(metrics), want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

// welcome returns the welcome of the relay.
func (p *process) welcome() protocol.Welcome {
	p.t.Helper()
	c := p.connect()
	c.say(protocol.Hello{Token: token(p.t, "ada", "*"), Client: "test/1"})
	return want[protocol.Welcome](c)
}
