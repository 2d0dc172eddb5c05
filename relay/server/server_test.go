package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/hub"
	"hallway/relay/rules"
	"hallway/relay/server"
)

const secret = "0123456789abcdef0123456789abcdef"

// patience is the longest time that a test waits for something that comes by itself.
const patience = time.Minute

// backend is a fake engine.
type backend struct {
	draining atomic.Bool
	conns    atomic.Int64
	post     func(hub.Identity, protocol.Send) (rules.Outcome, error)
	change   func(hub.Identity, rules.Op) (rules.Outcome, error)
	online   error
	serve    func(nc net.Conn, from netip.AddrPort)
}

func (b *backend) Serve(nc net.Conn, from netip.AddrPort) { b.serve(nc, from) }
func (b *backend) Attend() bool                           { return false }
func (b *backend) Draining() bool                         { return b.draining.Load() }
func (b *backend) Conns() int                             { return int(b.conns.Load()) }
func (b *backend) Change(_ context.Context, who hub.Identity, op rules.Op) (rules.Outcome, error) {
	if send, ok := op.Do.(rules.Send); ok {
		return b.post(who, send.Send)
	}
	return b.change(who, op)
}

func (b *backend) Banned(time.Time, rules.Ban, protocol.Role) (protocol.Time, bool) { return 0, false }
func (b *backend) See(hub.Identity)                                                 {}
func (b *backend) Rank(string, string) (protocol.Role, bool)                        { return "", false }
func (b *backend) Revoked(hub.Identity) bool                                        { return false }

func (b *backend) Level(context.Context) error { return nil }

func (b *backend) Online(context.Context, string) (map[string]bool, error) { return nil, b.online }

// history is a fake store that records its queries.
type history struct {
	page  protocol.Page
	err   error
	room  string
	user  string
	query rules.Query
	ready func() error
}

func (h *history) Page(_ context.Context, room, user string, q rules.Query) ([]byte, error) {
	h.room, h.user, h.query = room, user, q
	return h.page.Append(nil), h.err
}

func (h *history) Message(_ context.Context, room, user, id string) (m protocol.Message, ok bool, err error) {
	h.room, h.user, h.query = room, user, rules.Query{Kind: rules.QueryAround, ID: id, Limit: 1}
	if h.err != nil || len(h.page.Messages) == 0 {
		return m, false, h.err
	}
	return h.page.Messages[0], true, nil
}

// directory is a fake store without rooms.
type directory struct {
	err  error
	list func() // called while rooms are listed
}

func (d *directory) RoomNames(context.Context, rules.Span, int) ([]string, error) {
	return []string{"lobby"}, d.err
}

func (d *directory) Settings(context.Context, string) (s protocol.RoomSettings, err error) {
	return s, d.err
}

func (d *directory) Rooms(context.Context, string, []string) ([]rules.RoomEntry, error) {
	if d.list != nil {
		d.list()
	}
	return nil, d.err
}

func (d *directory) Room(context.Context, string, string) (r rules.RoomEntry, ok bool, err error) {
	return r, false, d.err
}

func (d *directory) Members(context.Context, string, rules.Part) ([]rules.MemberEntry, error) {
	return nil, d.err
}

func (d *directory) FindMembers(context.Context, string, string, int) ([]rules.MemberEntry, error) {
	return nil, d.err
}

func (d *directory) Reactors(context.Context, string, string, string, rules.Part) ([]protocol.User, bool, error) {
	return nil, true, d.err
}

func (h *history) Ready(context.Context) error {
	if h.ready == nil {
		return nil
	}
	return h.ready()
}

// site is a server under test on a free port.
type site struct {
	t       *testing.T
	addr    string
	keeper  *auth.Keeper
	backend *backend
	history *history
	rooms   *directory
	log     *strings.Builder // complete after the server has ended
	end     func()
}

// start serves until the test ends. change may change the options.
func start(t *testing.T, change func(*server.Options)) *site {
	t.Helper()
	return startFor(t, newKeeper(t), change)
}

func newKeeper(t testing.TB) *auth.Keeper {
	t.Helper()
	keeper, err := auth.NewKeeper([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return keeper
}

// startFor is start with a keeper for the tokens.
func startFor(t *testing.T, keeper *auth.Keeper, change func(*server.Options)) *site {
	t.Helper()
	origins, err := server.ParseOrigins([]string{"https://app.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, keeper: keeper, backend: &backend{}, history: &history{}, rooms: &directory{}, log: &strings.Builder{}}
	o := server.Options{
		Backend: s.backend, History: s.history, Directory: s.rooms, Origins: origins,
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&o)
	}
	if o.Metrics == nil {
		o.Metrics = server.NewMetrics("")
	}
	if o.Verifier == nil {
		o.Verifier = auth.NewGate(keeper, o.Addresses, o.Metrics.BadTokenLimited)
	}
	srv, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	ended := false
	s.end = func() {
		if ended {
			return
		}
		ended = true
		http.DefaultClient.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	}
	t.Cleanup(s.end)
	return s
}

func (s *site) token(sub string, rooms ...string) string {
	s.t.Helper()
	c := auth.Claims{Sub: sub, Name: "Ada", Role: protocol.RoleParticipant}
	for _, r := range rooms {
		c.Rooms = append(c.Rooms, auth.Room{Pattern: r, Role: c.Role})
	}
	token, err := s.keeper.Issue(c, time.Now().Add(time.Hour))
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

// response is a complete answer.
type response struct {
	*http.Response
	body string
}

// ask makes a request; header is name, value, name, value …
func (s *site) ask(method, path, body string, header ...string) response {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+s.addr+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response{res, string(b)}
}

// wantProblem checks that the answer is a problem document of the status and
// code.
func (s *site) wantProblem(r response, status int, code protocol.Code) protocol.Problem {
	s.t.Helper()
	if r.StatusCode != status {
		s.t.Fatalf("status %d, want %d: %s", r.StatusCode, status, r.body)
	}
	if kind := r.Header.Get("Content-Type"); kind != "application/problem+json" {
		s.t.Errorf("Content-Type %q", kind)
	}
	var doc struct {
		Type, Title, Code, Detail string
		Why                       protocol.Why
		Status                    int
		Supported                 []string
	}
	if err := json.Unmarshal([]byte(r.body), &doc); err != nil {
		s.t.Fatalf("%v in %s", err, r.body)
	}
	if doc.Code != string(code) || doc.Status != status || doc.Title == "" || doc.Type != "about:blank" {
		s.t.Errorf("problem %s, want code %s", r.body, code)
	}
	wantSecurityHeaders(s.t, r)
	return protocol.Problem{Detail: doc.Detail, Why: doc.Why, Supported: doc.Supported}
}

func wantSecurityHeaders(t *testing.T, r response) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options":  "nosniff",
		"Referrer-Policy":         "no-referrer",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		"Cache-Control":           "no-store",
		"Server":                  "",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(r.Header.Get("Vary"), "Origin") {
		t.Errorf("Vary: %q", r.Header.Get("Vary"))
	}
}

func TestHealth(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	asked := 0
	var broken error
	s := start(t, func(o *server.Options) {
		o.Now = func() time.Time { return now }
		o.History = &history{ready: func() error { asked++; return broken }}
	})
	for _, path := range []string{"/healthz", "/readyz", "/readyz"} {
		if r := s.ask("GET", path, ""); r.StatusCode != 200 || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		} else {
			wantSecurityHeaders(t, r)
		}
	}
	if asked != 1 {
		t.Errorf("the store was asked %d times within a second", asked)
	}

	now, broken = now.Add(time.Second), errors.New("disk full")
	r := s.ask("GET", "/readyz", "")
	s.wantProblem(r, 503, protocol.CodeUnavailable)
	if r.Header.Get("Retry-After") != "1" || strings.Contains(r.body, "disk") {
		t.Errorf("%v %s", r.Header, r.body)
	}

	now, broken = now.Add(time.Second), nil
	if r := s.ask("HEAD", "/readyz", ""); r.StatusCode != 200 || r.body != "" {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	s.backend.draining.Store(true)
	s.wantProblem(s.ask("GET", "/readyz", ""), 503, protocol.CodeUnavailable)
	if r := s.ask("GET", "/healthz", ""); r.StatusCode != 200 {
		t.Errorf("healthz while draining: %d", r.StatusCode)
	}
}

func TestUnknownRoutesAndMethods(t *testing.T) {
	s := start(t, nil)
	for _, path := range []string{"/", "/v1", "/v1/rooms/", "/v1/rooms/lobby/", "/v1/rooms/lobby/pins", "/v1/openapi", "/metrics/", "/V1/ws", "/healthz/", "/v1/rooms/a/b/messages", "/demo/token"} {
		s.wantProblem(s.ask("GET", path, ""), 404, protocol.CodeNotFound)
	}
	for _, test := range []struct{ method, path, allow string }{
		{"DELETE", "/v1/rooms/lobby/messages", "GET, HEAD, POST"},
		{"OPTIONS", "/v1/rooms/lobby/messages", "GET, HEAD, POST"},
		{"POST", "/v1/rooms", "GET, HEAD"},
		{"POST", "/v1/rooms/lobby", "GET, HEAD, PUT, DELETE"},
		{"DELETE", "/v1/rooms/lobby/members", "GET, HEAD"},
		{"PUT", "/v1/rooms/lobby/messages/1", "GET, HEAD, DELETE, PATCH"},
		{"POST", "/v1/rooms/lobby/messages/1/pin", "PUT, DELETE"},
		{"GET", "/v1/rooms/lobby/messages/1/reactions/a", "PUT, DELETE"},
		{"POST", "/v1/openapi.json", "GET, HEAD"},
		{"POST", "/v1/ws", "GET"},
		{"HEAD", "/v1/ws", "GET"},
		{"POST", "/healthz", "GET, HEAD"},
	} {
		r := s.ask(test.method, test.path, "")
		if test.method != "HEAD" {
			s.wantProblem(r, 405, protocol.CodeBadRequest)
		}
		if got := r.Header.Get("Allow"); r.StatusCode != 405 || got != test.allow {
			t.Errorf("%s %s: %d, Allow %q, want %q", test.method, test.path, r.StatusCode, got, test.allow)
		}
	}
	s.wantProblem(s.ask("BREW", "/healthz", ""), 501, protocol.CodeBadRequest)
}

func TestRequestsOutOfBounds(t *testing.T) {
	s := start(t, nil)
	s.wantProblem(s.ask("GET", "/healthz", "", "X-Long", strings.Repeat("x", 17<<10)), 431, protocol.CodeTooLarge)
	bearer := "Bearer " + s.token("u1", "*")
	// The body is far larger than the buffers of both sockets: the answer must arrive although the body is not read.
	for _, n := range []int{protocol.FrameBytesMax + 1, 6 << 20} {
		r := s.ask("POST", "/v1/rooms/lobby/messages", strings.Repeat(" ", n), "Authorization", bearer)
		s.wantProblem(r, 413, protocol.CodeTooLarge)
	}
}

func TestAPanicIsAnInternalError(t *testing.T) {
	s := start(t, nil)
	s.history.ready = func() error { panic("boom") }
	s.wantProblem(s.ask("GET", "/readyz", ""), 500, protocol.CodeInternal)
	if r := s.ask("GET", "/healthz", ""); r.StatusCode != 200 {
		t.Errorf("afterwards: %d", r.StatusCode)
	}
	s.end()
	if !strings.Contains(s.log.String(), "boom") {
		t.Errorf("log: %s", s.log)
	}
}
