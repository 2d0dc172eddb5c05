package core

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

var update = flag.Bool("update", false, "rewrite the scripts' expected output")

// TestScripts runs scripts against the core. A script is a sequence of steps. Each step has
// its events, one a line, then "----", then the expected effects, then a blank line. Lines
// with # are comments. `go test -run Scripts -update` replaces the expected effects by the
// core's present ones; read the difference before you commit it.
func TestScripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := newScript(t).run(string(data))
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(data) {
				t.Errorf("the effects of the core differ:\n%s", diff(string(data), got))
			}
		})
	}
}

// diff returns the first lines that differ.
func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range w {
		if i >= len(g) || w[i] != g[i] {
			end := min(i+12, len(g))
			return fmt.Sprintf("line %d, want:\n%s\ngot:\n%s", i+1, strings.Join(w[i:min(i+12, len(w))], "\n"), strings.Join(g[min(i, end):end], "\n"))
		}
	}
	return "the output is longer"
}

var scriptStart = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// script runs one chat in virtual time. Every random number is one half.
type script struct {
	t     *testing.T
	c     *Client
	now   time.Time
	timer time.Time
	out   strings.Builder

	pending []string // events of the step being read

	// The generation of the last dial and the numbers of the last requests.
	gen, page, found, reports int
	uploads                   map[string]int // by file
}

func newScript(t *testing.T) *script {
	s := &script{t: t, now: scriptStart}
	s.c = New(client.Config{Room: "lobby", Client: "test/1", Rand: func() float64 { return 0.5 }})
	return s
}

func (s *script) run(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if line != "----" {
			s.out.WriteString(line + "\n")
			if line != "" && !strings.HasPrefix(line, "#") {
				s.pending = append(s.pending, line)
			}
			continue
		}
		for i+1 < len(lines) && lines[i+1] != "" {
			i++ // skip the expected output
		}
		s.out.WriteString("----\n")
		for _, command := range s.pending {
			s.do(command)
		}
		s.pending = nil
	}
	return s.out.String()
}

func (s *script) step(ev client.Event) {
	for _, e := range s.c.Step(s.now, ev) {
		if e, ok := e.(client.SetTimer); ok {
			s.timer = e.At
			continue
		}
		s.note(e)
		s.out.WriteString(s.describe(e) + "\n")
	}
}

// note records the numbers of the requests in an effect.
func (s *script) note(e client.Effect) {
	switch e := e.(type) {
	case client.Dial:
		s.gen = e.Gen
	case client.FetchPage:
		if e.Query.Words != "" {
			s.found = e.Req
		} else {
			s.page = e.Req
		}
	case client.FetchReports:
		s.reports = e.Req
	case client.CloseReport:
		s.reports = e.Req
	}
}

// after lets time pass. It fires due timers, each late by late.
func (s *script) after(d, late time.Duration) {
	until := s.now.Add(d)
	const firesMax = 10_000
	for fires := 0; !s.timer.IsZero() && !s.timer.Add(late).After(until); fires++ {
		if fires == firesMax {
			s.t.Fatalf("the timer fires without end at %v", s.now.Sub(scriptStart))
		}
		s.now = s.timer.Add(late)
		s.timer = time.Time{}
		fmt.Fprintf(&s.out, "[%v]\n", s.now.Sub(scriptStart))
		s.step(client.TimerFired{})
	}
	s.now = until
}

func testToken(user string) string {
	claims := map[string]string{"ada": "eyJzdWIiOiJhZGEifQ", "bo": "eyJzdWIiOiJibyJ9"}[user]
	return "e30." + claims + ".c2ln"
}

// testUUID returns a readable id for a number.
func testUUID(n string) string {
	return "00000000-0000-7000-8000-" + strings.Repeat("0", 12-len(n)) + n
}

// do runs one line of a script.
func (s *script) do(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	arg := strings.Fields(rest)
	for _, do := range []func(verb, rest string, arg []string) bool{s.doStorage, s.doConnection, s.doFrame, s.doTime, s.doShow, s.doPeople} {
		if do(verb, rest, arg) {
			return
		}
	}
	s.t.Fatalf("no such event: %s", line)
}

// doStorage runs a line about the storage or other pages. It returns false for any other line.
func (s *script) doStorage(verb, _ string, arg []string) bool {
	switch verb {
	case "outbox": // outbox USER [N:TEXT …]
		s.step(client.Owns{User: arg[0], Alone: true})
		s.step(testOutbox(arg))
	case "stored": // the same, but another page may own the outbox
		s.step(testOutbox(arg))
	case "owns":
		s.step(client.Owns{User: arg[0]})
	case "peer": // peer KIND N [STATE [SEQ]], or peer list [N …]
		s.step(client.PeerSaid{Note: testNote(arg)})
	case "outbox-broken":
		s.step(client.OutboxLoaded{User: arg[0], Err: fmt.Errorf("no storage")})
	case "saved":
		s.step(client.ItemSaved{ID: testUUID(arg[0])})
	case "save-failed":
		s.step(client.StorageFailed{ID: testUUID(arg[0]), Err: fmt.Errorf("quota")})
	default:
		return false
	}
	return true
}

// doConnection runs a line about the connection or the token. It returns false for any other line.
func (s *script) doConnection(verb, rest string, arg []string) bool {
	switch verb {
	case "start": // start [USER]: with a token of the user, or without one
		ev := client.Started{}
		if len(arg) > 0 {
			ev.Token = testToken(arg[0])
		}
		s.step(ev)
	case "token":
		s.step(client.TokenGot{Token: testToken(arg[0])})
	case "no-token":
		s.step(client.TokenGot{Err: client.ErrNoToken})
	case "source":
		s.step(client.TokenSource{})
	case "token-later":
		s.step(client.TokenGot{Err: fmt.Errorf("the host is down")})
	case "opened":
		s.step(client.Opened{Gen: s.gen})
	case "opened-late":
		s.step(client.Opened{Gen: s.gen - 1})
	case "dial-failed": // dial-failed STATUS, 0 for none
		s.step(client.DialFailed{Gen: s.gen, Status: number(arg, 0)})
	case "closed":
		s.step(client.Closed{Gen: s.gen, Code: protocol.CloseCode(number(arg, 0))})
	case "recv":
		s.step(client.Received{Gen: s.gen, Data: []byte(rest)})
	default:
		return false
	}
	return true
}

// doFrame runs a line about a frame of the relay. It returns false for any other line.
func (s *script) doFrame(verb, rest string, arg []string) bool {
	switch verb {
	case "welcome": // welcome USER [FEATURE …]
		s.receive(protocol.Welcome{User: protocol.User{ID: arg[0], Name: arg[0]}, HeartbeatMs: 10000, TimeoutMs: 5000, Features: arg[1:]})
	case "joined": // joined EPOCH HEAD [READ]
		f := protocol.Joined{Room: "lobby", Epoch: arg[0], Head: int64(number(arg, 1)), Members: 2}
		if len(arg) > 2 {
			f.Read = int64(number(arg, 2))
		}
		s.receive(f)
	case "message": // message SENDER:N:REV[:SEQ][/OPTION …] [cause USER EMOJI on|off] [after REV], or with spaces for the colons
		s.receive(testChanged(rest))
	case "error": // error CODE N [RETRY_AFTER_MS]
		f := protocol.Error{Code: protocol.Code(arg[0]), Message: "because", Room: "lobby"}
		if arg[1] != "-" {
			f.ID = testUUID(arg[1])
		}
		if len(arg) > 2 {
			f.RetryAfterMs = int64(number(arg, 2))
		}
		s.receive(f)
	case "pong":
		s.receive(protocol.Pong{T: "1"})
	case "goaway":
		s.receive(protocol.Goaway{ReconnectAfterMs: int64(number(arg, 0))})
	default:
		return false
	}
	return true
}

// doTime runs a line about history or time. It returns false for any other line.
func (s *script) doTime(verb, _ string, arg []string) bool {
	switch verb {
	case "page": // page EPOCH HEAD more|end [SENDER:N:REV[:SEQ] …]
		s.step(client.PageLoaded{Req: s.page, Page: testPage(arg)})
	case "page-failed": // page-failed STATUS [RETRY_AFTER_MS]
		ev := client.RequestFailed{Req: s.page, Status: number(arg, 0)}
		if len(arg) > 1 {
			ev.RetryAfterMs = int64(number(arg, 1))
		}
		s.step(ev)
	case "after":
		s.after(duration(s.t, arg[0]), 0)
	case "late": // late BY TIME: time passes, and timers fire late
		s.after(duration(s.t, arg[1]), duration(s.t, arg[0]))
	default:
		return false
	}
	return true
}

// doShow runs a line that shows something. It returns false for any other line.
func (s *script) doShow(verb, _ string, arg []string) bool {
	switch verb {
	case "show":
		s.show()
	case "files":
		s.showFiles()
	case "details":
		s.details()
	case "rules":
		s.rules()
	default:
		return false
	}
	return true
}

// doPeople runs a line about users or the device. It returns false for any other line.
func (s *script) doPeople(verb, _ string, arg []string) bool {
	if verb == "send" {
		s.step(client.SendText{ID: testUUID(arg[0]), Text: strings.Join(arg[1:], " ")})
		return true
	}
	ev, ok := map[string]client.Event{
		"online": client.Online{}, "offline": client.Offline{}, "visible": client.Visible{}, "hidden": client.Hidden{}, "try-now": client.TryNow{},
		"older": client.LoadOlder{}, "newer": client.LoadNewer{}, "newest": client.LoadNewest{}, "close": client.Close{}, "disable": client.SetOffline{Mode: client.OfflineDisable},
	}[verb]
	if !ok {
		ev, ok = s.readerEvent(verb, arg)
	}
	if !ok {
		ev, ok = s.moderationEvent(verb, arg)
	}
	if !ok {
		ev, ok = s.fileEvent(verb, arg)
	}
	if ok {
		s.step(ev)
	}
	return ok
}

// testNote reads KIND N [STATE [SEQ]], or list [N …].
func testNote(arg []string) client.Note {
	n := client.Note{Kind: client.NoteKind(arg[0])}
	if n.Kind == client.NoteList {
		for _, id := range arg[1:] {
			n.IDs = append(n.IDs, testUUID(id))
		}
	} else if len(arg) > 1 {
		n.Item = client.Item{ID: testUUID(arg[1]), Text: "theirs", Order: int64(number(arg, 1))}
	}
	if len(arg) > 2 && n.Kind != client.NoteList {
		n.State = client.ItemState(arg[2])
		if n.State == client.ItemFailed {
			n.Item.Code, n.Item.Reason = protocol.CodeConflict, "because"
		}
	}
	if len(arg) > 3 && n.Kind != client.NoteList {
		n.Epoch, n.Seq = "e1", int64(number(arg, 3)) // the scripts' usual epoch
	}
	return n
}

func (s *script) receive(f protocol.RelayFrame) {
	s.step(client.Received{Gen: s.gen, Data: f.Append(nil)})
}

// testOutbox reads USER [N:TEXT …].
func testOutbox(arg []string) client.OutboxLoaded {
	ev := client.OutboxLoaded{User: arg[0]}
	for i, item := range arg[1:] {
		n, text, _ := strings.Cut(item, ":")
		ev.Items = append(ev.Items, client.Item{ID: testUUID(n), Text: text, Order: int64(i + 1)})
	}
	return ev
}

func number(arg []string, i int) (n int) {
	_, _ = fmt.Sscan(arg[i], &n)
	return n
}

func duration(t *testing.T, s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
