package server_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/engine"
	"hallway/relay/guard"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
	"hallway/relay/server"
	"hallway/store/sqlite"
)

// live is a site with the real engine over the real store. It compares all answers with the OpenAPI document.
type live struct {
	*site
	engine *engine.Engine
	store  *sqlite.Store
	files  *server.Files
	*description
}

func startLive(t *testing.T, cfg hub.Config) *live {
	t.Helper()
	return startLimited(t, cfg, nil)
}

// startLimited is startLive with limits for addresses.
func startLimited(t *testing.T, cfg hub.Config, addresses *guard.Addresses) *live {
	t.Helper()
	st, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "hallway.db")})
	if err != nil {
		t.Fatal(err)
	}
	revoked, err := st.Revocations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l := &live{description: describe(t), store: st, files: newFiles(t, st)}
	cfg.HeartbeatMs = time.Hour.Milliseconds() // no client pings
	keeper := newKeeper(t)
	l.site = startFor(t, keeper, func(o *server.Options) {
		o.Metrics = server.NewMetrics("")
		cfg.Verifier = auth.NewGate(keeper, addresses, o.Metrics.BadTokenLimited)
		l.engine = engine.New(engine.Options{Hub: cfg, Store: st, Known: hub.Known{Revoked: revoked}, Log: slog.New(slog.DiscardHandler)})
		// After the end of the server itself.
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			if err := l.engine.Drain(ctx); err != nil {
				t.Errorf("drain: %v", err)
			}
			if err := st.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
		o.Backend, o.History, o.Directory, o.Moderation, o.Locks, o.Addresses = l.engine, l.engine, st, st, st, addresses
		o.Verifier, o.Proxies = cfg.Verifier, proxies("127.0.0.1/32")
		o.Files = l.files
	})
	return l
}

// person is a user with a token.
type person struct {
	*live
	token string
}

// person returns a user with that role in the rooms.
func (l *live) person(sub string, role protocol.Role, rooms ...string) *person {
	l.t.Helper()
	c := auth.Claims{Sub: sub, Name: strings.ToUpper(sub), Role: role}
	for _, r := range rooms {
		c.Rooms = append(c.Rooms, auth.Room{Pattern: r, Role: role})
	}
	token, err := l.keeper.Issue(c, time.Now().Add(time.Hour))
	if err != nil {
		l.t.Fatal(err)
	}
	return &person{l, token}
}

// connect opens a connection over a socket until the test ends. A socket buffers the relay's frames until the test
// reads them. Over a pipe, the relay would take a client that does not read for dead.
func (l *live) connect(t *testing.T) *relaytest.Client {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	client, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	relay, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	go l.engine.Serve(relay, netip.AddrPort{})
	return relaytest.NewClient(t, client)
}

// enter connects and joins the lobby.
func (p *person) enter() *relaytest.Client {
	p.t.Helper()
	c := p.connect(p.t)
	c.Join(p.token)
	return c
}

// doc holds the fields of any document of the relay.
type doc struct {
	body string

	Room, ID, Text string
	Seq, Rev       int64
	Sender         protocol.User
	EditedAt       string `json:"edited_at"`
	DeletedAt      string `json:"deleted_at"`
	Pinned         bool
	Reactions      map[string]reaction
	Mine           []string
	Messages       []doc
	Epoch          string
	Head           int64
	More           bool
	MoreBefore     bool `json:"more_before"`
	MoreAfter      bool `json:"more_after"`
	Rooms          []doc
	Title          *string
	Role           protocol.Role
	Unread         int64
	LastMessage    *doc   `json:"last_message"`
	CreatedAt      string `json:"created_at"`
	Settings       json.RawMessage
	Code           protocol.Code
	Members        json.RawMessage // of a room: their number
}

type reaction struct {
	Count int64
	Users []string
}

// ask makes a request and checks the status of the answer.
func (p *person) ask(status int, method, path, body string) doc {
	p.t.Helper()
	r := p.site.ask(method, path, body, "Authorization", "Bearer "+p.token)
	if r.StatusCode != status {
		p.t.Fatalf("%s %s: %d, want %d: %s", method, path, r.StatusCode, status, r.body)
	}
	p.check(p.t, method, path, body, r)
	d := doc{body: r.body}
	if r.body != "" {
		if err := json.Unmarshal([]byte(r.body), &d); err != nil {
			p.t.Fatalf("%v in %s", err, r.body)
		}
	}
	return d
}

// say sends message n to the lobby.
func (p *person) say(n int, text string) doc {
	p.t.Helper()
	return p.ask(201, "POST", messagesPath, sendBody(n, text))
}

func sendBody(n int, text string) string {
	quoted, _ := json.Marshal(text)
	return `{"id":"` + relaytest.SendOf(n).ID + `","text":` + string(quoted) + `}`
}

// messagePath returns the path of message n of the lobby.
func messagePath(n int) string { return messagesPath + "/" + relaytest.SendOf(n).ID }

// seqs returns the seqs of a page's messages.
func (d doc) seqs() (seqs []int64) {
	for _, m := range d.Messages {
		seqs = append(seqs, m.Seq)
	}
	return seqs
}
