package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/auth"
)

const (
	testSecret = "0123456789abcdef0123456789abcdef"
	// asCommand names the variable that turns the test's own program into the command. So the tests run main itself in
	// separate processes, even with the race detector.
	asCommand = "HALLWAY_TEST_AS_COMMAND"
	// patience is the longest time that a test waits for something.
	patience = time.Minute
	// processTimeout ends a forgotten process of a test. It is long, because one relay may serve a whole test.
	processTimeout = 10 * patience
)

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// command returns the command `hallway` with arguments; env has NAME=value in addition to the secret.
func command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), processTimeout)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{asCommand + "=1", "HALLWAY_JWT_SECRET=" + testSecret, "GORACE=atexit_sleep_ms=0"}, env...)
	return cmd
}

// run runs a command to its end.
func run(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := command(t, env, args...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errOut.String()
}

// process is a running relay.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	env  []string
	args []string
	db   string
	addr string
	// metrics is the address of the metrics; "": they have no separate one.
	metrics string

	tls *tls.Config // for its clients; nil: they use plain HTTP

	conns []net.Conn // of its clients

	ended  chan struct{} // closed after the process has ended and all its output was read
	mu     sync.Mutex
	output bytes.Buffer // stdout and stderr
}

// serve starts a relay on a free port with a new database.
func serve(t *testing.T, args ...string) *process {
	t.Helper()
	return serveDB(t, filepath.Join(t.TempDir(), "hallway.db"), args...)
}

func serveDB(t *testing.T, db string, args ...string) *process {
	t.Helper()
	return serveEnv(t, nil, db, args...)
}

// serveEnv starts a relay whose environment has NAME=value in addition to the secret.
func serveEnv(t *testing.T, env []string, db string, args ...string) *process {
	t.Helper()
	all := append([]string{"serve", "--addr", "127.0.0.1:0", "--db", db, "--log-level", "debug"}, args...)
	p := &process{t: t, cmd: command(t, env, all...), env: env, args: args, db: db, ended: make(chan struct{})}
	p.cmd.Stdout = p
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addr := make(chan string, 1)
	go p.read(stderr, addr)
	t.Cleanup(p.kill)
	select {
	case p.addr = <-addr:
	case <-p.ended:
		t.Fatalf("the relay ended at once: %s", p.printed())
	case <-time.After(patience):
		t.Fatalf("the relay does not listen: %s", p.printed())
	}
	return p
}

// read collects the relay's log, and finds its address there.
func (p *process) read(stderr io.Reader, addr chan<- string) {
	defer close(p.ended)
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		_, _ = p.Write(append(lines.Bytes(), '\n'))
		var line struct{ Msg, Addr, Metrics string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			p.metrics = line.Metrics
			addr <- line.Addr
		}
	}
	_ = p.cmd.Wait()
}

// Write keeps the output of the relay.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.Write(b)
}

func (p *process) printed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

// kill ends the relay as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// end waits until the relay ends by itself, and returns its exit code.
func (p *process) end() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatalf("the relay does not end: %s", p.printed())
	}
	return p.cmd.ProcessState.ExitCode()
}

// stop ends the relay as an operator does, after all clients have left.
func (p *process) stop() {
	p.t.Helper()
	for _, nc := range p.conns {
		nc.Close()
	}
	p.signal(syscall.SIGTERM)
	if code := p.end(); code != 0 {
		p.t.Errorf("exit code %d: %s", code, p.printed())
	}
}

// again starts a relay on the same database.
func (p *process) again() *process {
	p.t.Helper()
	again := serveEnv(p.t, p.env, p.db, p.args...)
	again.tls = p.tls
	return again
}

// url returns a URL of the relay; scheme is http or ws.
func (p *process) url(scheme, path string) string {
	if p.tls != nil {
		scheme += "s"
	}
	return scheme + "://" + p.addr + path
}

func token(t *testing.T, sub string, rooms ...string) string {
	t.Helper()
	keeper, err := auth.NewKeeper([]byte(testSecret))
	if err != nil {
		t.Fatal(err)
	}
	c := auth.Claims{Sub: sub, Name: "Name of " + sub, Role: protocol.RoleParticipant}
	for _, r := range rooms {
		c.Rooms = append(c.Rooms, auth.Room{Pattern: r, Role: c.Role})
	}
	token, err := keeper.Issue(c, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// rest makes a request with a bearer token, "" for none.
func (p *process) rest(method, path, bearer, body string) (status int, header http.Header, answer []byte) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url("http", path), strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	// Each request has a new connection, so that none is left to a relay that has ended.
	web := &http.Client{Transport: &http.Transport{TLSClientConfig: p.tls, DisableKeepAlives: true}}
	res, err := web.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, res.Header, answer
}

// page reads a page of the room's history; query is "" or "?…".
func (p *process) page(room, query string) protocol.Page {
	p.t.Helper()
	status, _, body := p.rest("GET", "/v1/rooms/"+room+"/messages"+query, token(p.t, "reader", "*"), "")
	page, err := protocol.DecodePage(body)
	if status != 200 || err != nil {
		p.t.Fatalf("page: %d, %v: %s", status, err, body)
	}
	return page
}

// id returns the n-th message id of the tests.
func id(n int) string { return fmt.Sprintf("0199a1c4-7f3e-7c21-9f6a-%012x", n) }
