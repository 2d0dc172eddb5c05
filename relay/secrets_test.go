package main

import (
	"bytes"
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/relaytest"
)

// marks holds private texts, one of each kind. A relay must not reveal them, except in answers to the users concerned.
var marks = map[string]string{
	"a text":            "mark-text",
	"an edited text":    "mark-edit",
	"a name":            "mark-name",
	"a user's id":       "mark-user",
	"a room":            "mark-room",
	"a title":           "mark-title",
	"a setting":         "mark-setting",
	"an emoji":          "mark-emoji",
	"words of a search": "mark-words",
	"a reason":          "mark-reason",
	"a parameter":       "mark-parameter",
	"a path":            "mark-path",
	"a header":          "mark-header",
	"a client's name":   "mark-client",
	"a close reason":    "mark-bye",
	"a token":           "eyJ",
	"the secret":        testSecret,
	"a password":        "mark-password",
	"a key":             "mark-key",
}

// noMarks fails the test if an output of a relay contains a private text.
func noMarks(t *testing.T, where, output string) {
	t.Helper()
	for kind, mark := range marks {
		for line := range strings.Lines(output) {
			if strings.Contains(line, mark) {
				t.Errorf("%s has %s: %.300s", where, kind, line)
			}
		}
	}
}

// TestNoPrivateOutput drives a relay with the most detailed log through every route and frame, even failing
// ones. Its log, metrics and refusals contain no private text. It logs people only by their addresses, and only at
// level debug.
func TestNoPrivateOutput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	write(t, file, testSecret)
	// No server answers there; a URL may contain a password and a key.
	p := serve(t, "--jwt-secret-file", file, "--jwks-url", "http://mark-user:mark-password@127.0.0.1:1/keys?key=mark-key", "--jwt-audience", relaytest.Audience)
	for _, bearer := range bearers(t) {
		p.askEverything(bearer)
		p.sayEverything(bearer)
	}
	p.sayNonsense()
	_, _, metrics := p.rest("GET", "/metrics", "", "")
	noMarks(t, "/metrics", string(metrics))
	write(t, file, "mark-key") // too short
	p.signal(syscall.SIGHUP)
	until(t, "the relay says what is wrong", func() bool { return strings.Contains(p.printed(), "too short") })
	p.stop()
	noMarks(t, "the log", p.printed())

	p = serveDB(t, p.db, "--log-level", "info")
	p.askEverything(bearers(t)["an organizer"])
	p.stop()
	if strings.Contains(p.printed(), "remote") {
		t.Errorf("an address is logged: %s", p.printed())
	}

	// Commands name people only in the file that they must write.
	file = filepath.Join(t.TempDir(), "copy.db")
	for _, args := range [][]string{
		{"backup", "--db", p.db, "--to", file},
		{"backup", "--db", p.db, "--to", file}, // it exists already
		{"check", "--db", file},
		{"export", "--db", file, "--user", "mark-user-organizer"},
		{"erase", "--db", file, "--user", "mark-user-organizer"},
	} {
		_, stdout, stderr := run(t, nil, args...)
		if args[0] != "export" {
			stderr += stdout
		}
		noMarks(t, "hallway "+args[0], stderr)
	}
}

// bearers returns good and bad tokens.
func bearers(t *testing.T) map[string]string {
	t.Helper()
	issue := func(secret string, role protocol.Role, expires time.Duration) string {
		keeper, err := auth.NewKeeper([]byte(secret))
		if err != nil {
			t.Fatal(err)
		}
		keeper.Demand(auth.Demands{Audience: relaytest.Audience})
		token, err := keeper.Issue(auth.Claims{
			Sub: "mark-user-" + string(role), Name: "mark-name", Role: role,
			Rooms: auth.Rooms{{Pattern: "mark-room*", Role: role}},
		}, time.Now().Add(expires))
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	good := issue(testSecret, protocol.RoleOrganizer, time.Hour)
	return map[string]string{
		"an organizer":  good,
		"a participant": issue(testSecret, protocol.RoleParticipant, time.Hour),
		"expired":       issue(testSecret, protocol.RoleOrganizer, -time.Hour),
		"forged":        issue(strings.Repeat("mark-key", 4), protocol.RoleOrganizer, time.Hour),
		"cut":           good[:len(good)-5],
		"no token":      "mark-key",
		"none":          "",
	}
}

// askEverything makes requests to every route, with good and bad bodies and parameters.
func (p *process) askEverything(bearer string) {
	const room = "/v1/rooms/mark-room"
	one := room + "/messages/" + id(1)
	for _, r := range [][3]string{
		{"PUT", room, `{"title":"mark-title","settings":{"mark-setting":"mark-setting"}}`},
		{"POST", room + "/messages", `{"id":"` + id(1) + `","text":"mark-text"}`},
		{"POST", room + "/messages", `{"id":"` + id(1) + `","text":"mark-text, another"}`},
		{"POST", room + "/messages", `{"id":"mark-parameter","text":"mark-text"}`},
		{"POST", room + "/messages", `{"id":"` + id(2) + `","text":"mark-text \u0000"}`},
		{"POST", room + "/messages", `mark-text`},
		{"POST", room + "/messages", `{"text":"` + strings.Repeat("mark-text ", 1000) + `"}`},
		{"POST", room + "/messages", strings.Repeat("mark-text ", 10_000)},
		{"PATCH", one, `{"text":"mark-edit"}`},
		{"PATCH", one, `{"text":["mark-edit"]}`},
		{"PUT", one + "/reactions/mark-emoji", ""},
		{"DELETE", one + "/reactions/mark-emoji", ""},
		{"PUT", one + "/reactions/mark-emoji%20", ""},
		{"PUT", one + "/pin", ""},
		{"POST", one + "/report", `{"reason":"mark-reason"}`},
		{"POST", one + "/report", `{"reason":"mark-reason \u0000"}`},
		{"GET", room + "/reports?state=mark-parameter", ""},
		{"GET", room + "/reports", ""},
		{"PATCH", room + "/reports/1", `{"state":"mark-parameter"}`},
		{"PUT", room + "/members/mark-user-other/mute", `{"reason":"mark-reason","for_s":1}`},
		{"PUT", room + "/members/mark-user-other/ban", `{"reason":"mark-reason \u0000"}`},
		{"DELETE", room + "/members/mark-user-other/mute", ""},
		{"DELETE", room + "/members/mark-user-other/messages", ""},
		{"GET", room + "/sanctions", ""},
		{"GET", room + "/audit", ""},
		{"GET", room + "/audit?before=mark-parameter", ""},
		{"PUT", "/v1/users/mark-user-other/revocation", ""},
		{"DELETE", "/v1/users/mark-user-other/revocation", ""},
		{"GET", room + "/messages?q=mark-words", ""},
		{"GET", room + "/messages?q=" + strings.Repeat("mark-words", 100), ""},
		{"GET", room + "/messages?before=mark-parameter", ""},
		{"GET", room + "/messages?mark-parameter=%zz", ""},
		{"GET", room + "/messages/mark-parameter", ""},
		{"GET", room + "/members", ""},
		{"GET", "/v1/rooms", ""},
		{"GET", "/v1/rooms/other-mark-room", ""},
		{"GET", "/v1/rooms/mark-room%00", ""},
		{"GET", "/mark-path?token=" + bearer, ""},
		{"PUT", "/healthz", "mark-text"},
		{"GET", "/v1/ws?token=" + bearer, ""},
		{"DELETE", one, ""},
	} {
		status, header, body := p.rest(r[0], r[1], bearer, r[2])
		if status >= 400 {
			var head bytes.Buffer
			_ = header.Write(&head)
			noMarks(p.t, r[0]+" "+r[1]+" answered", head.String()+string(body))
		}
	}
}

// sayEverything writes a frame of every type; the relay refuses some.
func (p *process) sayEverything(bearer string) {
	const room = "mark-room"
	c := p.connect()
	frames := []protocol.ClientFrame{
		protocol.Ping{T: `"mark-parameter"`},
		protocol.Hello{Token: bearer, Client: "mark-client"},
	}
	for _, room := range []string{room, "other-mark-room"} {
		frames = append(frames,
			protocol.Join{Room: room},
			protocol.Send{Room: room, ID: id(10), Text: "mark-text"},
			protocol.Send{Room: room, ID: id(10), Text: "mark-text, another"},
			protocol.Edit{Room: room, ID: id(10), Text: "mark-edit"},
			protocol.React{Room: room, ID: id(10), Emoji: "mark-emoji", On: true},
			protocol.Pin{Room: room, ID: id(10), On: true},
			protocol.Report{Room: room, ID: id(10), Reason: "mark-reason"},
			protocol.Moderate{Room: room, Act: protocol.ActBan, User: "mark-user-other", Reason: "mark-reason"},
			protocol.Typing{Room: room},
			protocol.Read{Room: room, Seq: 1},
			protocol.Delete{Room: room, ID: id(10)},
			protocol.Leave{Room: room},
		)
	}
	var all []byte
	for _, f := range frames {
		all = append(all, masked(ws.OpText, protocol.Encode(f))...)
	}
	for _, odd := range []string{
		`{"type":"mark-parameter","room":"mark-room"}`, `{"type":"send","room":"mark-room","id":"mark-parameter","text":"mark-text"}`,
		`{"type":"hello","token":"mark-key"}`,
	} {
		all = append(all, masked(ws.OpText, []byte(odd))...)
	}
	all = append(all, masked(ws.OpClose, ws.NewCloseFrameBody(1000, "mark-bye"))...)
	if _, err := c.nc.Write(all); err != nil {
		p.t.Fatal(err)
	}
	for {
		frame, err := ws.ReadFrame(c.r)
		if err != nil {
			return
		}
		// A refusal names its room and id as the client wrote them.
		if f, err := protocol.DecodeRelay(frame.Payload); err == nil {
			if e, ok := f.(protocol.Error); ok {
				noMarks(p.t, "an error frame", e.Message)
			}
		} else if frame.Header.OpCode == ws.OpClose {
			noMarks(p.t, "a close frame", string(frame.Payload))
		}
	}
}

type halfCloser interface{ CloseWrite() error }

// dial opens a connection.
func (p *process) dial() (net.Conn, error) {
	if p.tls != nil {
		return tls.Dial("tcp", p.addr, p.tls)
	}
	return net.Dial("tcp", p.addr)
}

// sayNonsense writes bytes that are neither HTTP nor a frame nor JSON.
func (p *process) sayNonsense() {
	for _, raw := range []string{
		"mark-path\r\n\r\n",
		"GET /mark-path HTTP/9.9\r\nmark-header: mark-header\r\n\r\n",
		"MARK /mark-path HTTP/1.1\r\nHost: mark-header\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer mark-key" + strings.Repeat("mark-key", 4000) + "\r\n\r\n",
		"POST /v1/rooms/mark-room/messages HTTP/1.1\r\nHost: x\r\nContent-Length: mark-header\r\n\r\n",
		"POST /v1/rooms/mark-room/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nmark-text",
	} {
		nc, err := p.dial()
		if err != nil {
			p.t.Fatal(err)
		}
		_ = nc.SetDeadline(time.Now().Add(patience))
		_, _ = nc.Write([]byte(raw))
		_ = nc.(halfCloser).CloseWrite()
		var answer bytes.Buffer
		_, _ = answer.ReadFrom(nc)
		nc.Close()
		noMarks(p.t, "the answer to nonsense", answer.String())
	}
	for _, payload := range [][]byte{
		masked(ws.OpText, []byte("mark-text")), masked(ws.OpBinary, []byte("mark-text")), []byte("mark-text, no frame"),
		masked(ws.OpText, []byte(`{"type":"send","text":"mark-text`)), masked(ws.OpText, append([]byte("mark-text"), 0xff)),
	} {
		c := p.connect()
		if _, err := c.nc.Write(payload); err != nil {
			p.t.Fatal(err)
		}
		_ = c.nc.(halfCloser).CloseWrite()
		var answer bytes.Buffer
		_, _ = answer.ReadFrom(c.r)
		noMarks(p.t, "the answer to nonsense", answer.String())
	}
}

// TestCommandsRevealNoSecrets checks that errors about a secret do not contain it.
func TestCommandsRevealNoSecrets(t *testing.T) {
	folder := t.TempDir()
	short := filepath.Join(folder, "short")
	write(t, short, "mark-key")
	cert, key := relaytest.Certificate(t, 1)
	write(t, filepath.Join(folder, "cert"), cert)
	write(t, filepath.Join(folder, "key"), "mark-key\n"+key[:len(key)/2])
	for _, args := range [][]string{
		{"token", "--sub", "mark-user", "--jwt-secret-file", short},
		{"token", "--sub", strings.Repeat("mark-user", 100)},
		{"token", "--sub", "mark-user", "--name", "mark-name\x07"},
		{"token", "--sub", "mark-user", "--room", strings.Repeat("mark-room", 100)},
		{"serve", "--addr", "127.0.0.1:0", "--jwt-secret-file", short},
		{"serve", "--addr", "127.0.0.1:0", "--jwks-url", "http://mark-user:mark-password@example.org/?key=mark-key"},
		{"serve", "--addr", "127.0.0.1:0", "--tls-cert", filepath.Join(folder, "cert"), "--tls-key", filepath.Join(folder, "key")},
		{"serve", "--addr", "127.0.0.1:0", "--db", folder},
	} {
		code, stdout, stderr := run(t, nil, args...)
		if args[0] == "token" && code == 0 {
			t.Errorf("%q made a token: %s", args, stdout)
		}
		noMarks(t, strings.Join(args, " "), stdout+stderr)
	}
	// A good token goes only to stdout.
	if code, stdout, stderr := run(t, []string{"HOME=" + os.TempDir()}, "token", "--sub", "u1"); code != 0 || stderr != "" || !strings.HasPrefix(stdout, "eyJ") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}
