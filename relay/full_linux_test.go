package main

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"hallway/protocol"
)

// limitFiles prevents files of the relay from growing beyond a size, which looks like a full disk to its database.
func (p *process) limitFiles(bytes uint64) {
	p.t.Helper()
	limit := unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}
	if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil); err != nil {
		p.t.Fatal(err)
	}
}

// waitReady waits for /readyz to answer with status; the relay asks its store
// once a second.
func (p *process) waitReady(status int) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		got, _, body := p.rest(http.MethodGet, "/readyz", "", "")
		if got == status {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("/readyz: %d %s, want %d", got, body, status)
		}
	}
}

// TestFullDisk checks that on a full disk sends are refused, the history is served, and /readyz tells the balancer. With space
// again, the client's retry is stored once.
func TestFullDisk(t *testing.T) {
	p := serve(t)
	ada, bob := p.enter("ada", "lobby"), p.enter("bob", "lobby")
	send := func(n int) protocol.Send { return protocol.Send{Room: "lobby", ID: id(n), Text: "message"} }
	ada.say(send(1))
	want[protocol.Changed](ada)
	want[protocol.Changed](bob)
	p.waitReady(http.StatusOK)

	p.limitFiles(0) // not the size of the log: once it is moved into the database, it has room again
	for range 2 {   // the retry of a client
		ada.say(send(2))
		if e := ada.wantError(protocol.CodeUnavailable); e.ID != id(2) || e.RetryAfterMs <= 0 {
			t.Errorf("refused by %+v", e)
		}
	}
	body := `{"id":"` + id(3) + `","text":"by REST"}`
	status, header, answer := p.rest(http.MethodPost, "/v1/rooms/lobby/messages", token(t, "carol", "lobby"), body)
	if status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" || !strings.Contains(string(answer), `"unavailable"`) {
		t.Errorf("post: %d %s", status, answer)
	}
	p.waitReady(http.StatusServiceUnavailable)
	wantIDs(t, p.page("lobby", ""), 1, false, 1)
	if status, _, _ := p.rest(http.MethodGet, "/healthz", "", ""); status != http.StatusOK {
		t.Errorf("/healthz: %d", status)
	}

	p.limitFiles(unix.RLIM_INFINITY)
	p.waitReady(http.StatusOK)
	for range 2 { // the echo of the first may have been lost
		ada.say(send(2))
		if m := want[protocol.Changed](ada).Message; m.ID != id(2) || m.Seq != 2 {
			t.Errorf("retried: %+v", m)
		}
	}
	if m := want[protocol.Changed](bob).Message; m.ID != id(2) || m.Seq != 2 {
		t.Errorf("bob got %+v", m)
	}
	wantIDs(t, p.page("lobby", ""), 2, false, 1, 2)
	p.stop()
	wantIDs(t, p.again().page("lobby", ""), 2, false, 1, 2)
}

// TestDamagedDatabase checks that a relay does not start on a damaged database, and says so in one line.
func TestDamagedDatabase(t *testing.T) {
	p := serve(t)
	p.enter("ada", "lobby")
	p.stop()
	content, err := os.ReadFile(p.db)
	if err != nil {
		t.Fatal(err)
	}
	clear(content[len(content)/2:])
	if err := os.WriteFile(p.db, content, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := run(t, nil, "serve", "--addr", "127.0.0.1:0", "--db", p.db)
	if code != exitUsage || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "it is damaged, restore a backup") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}
