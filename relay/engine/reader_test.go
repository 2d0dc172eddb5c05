package engine_test

import (
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"

	"hallway/protocol"
	"hallway/relay/bus"
	busmemory "hallway/relay/bus/memory"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
	"hallway/relay/rules"
)

// roles accepts tokens such as "ada" and "ada organizer": the role holds in every room.
type roles struct{}

type grants struct{ role protocol.Role }

func (g grants) Role(string) (protocol.Role, bool) { return g.role, true }
func (g grants) Highest() protocol.Role            { return g.role }
func (g grants) Everywhere() protocol.Role         { return g.role }
func (g grants) Entries() []bus.Grant              { return []bus.Grant{{Pattern: "*", Role: g.role}} }
func (g grants) Same(other hub.Grants) bool        { return other == hub.Grants(g) }

func (roles) Verify(now time.Time, _ netip.Addr, token string) (hub.Identity, error) {
	name, role, _ := strings.Cut(token, " ")
	g := grants{protocol.RoleParticipant}
	if role != "" {
		g.role = protocol.Role(role)
	}
	return hub.Identity{
		User: protocol.User{ID: name, Name: name, Role: g.role}, Expires: now.Add(time.Hour), Grants: g, IssuedAt: now,
	}, nil
}

// withRoles makes the relays accept such tokens.
func withRoles(c *hub.Config) {
	c.Verifier, c.HeartbeatMs = roles{}, time.Hour.Milliseconds() // no client pings
	c.GrantsOf = func(entries []bus.Grant) hub.Grants { return grants{entries[0].Role} }
}

// A reader is a client that reads its frames all the time.
type reader struct {
	*relaytest.Client
	mu     sync.Mutex
	frames []protocol.RelayFrame
	closed protocol.CloseCode
	ended  chan struct{}
}

// gossips are relays with clients, which end with the test.
type gossips struct {
	*relays
	readers []*reader
}

// read connects to a relay, says hello and joins the lobby, unless the relay refuses that.
func (rs *gossips) read(relay int, token string) *reader {
	c := &reader{Client: relaytest.Connect(rs.T, rs.engines[relay]), ended: make(chan struct{})}
	rs.readers = append(rs.readers, c)
	go c.run()
	c.Say(protocol.Hello{Token: token})
	_ = c.WriteFrame(ws.NewTextFrame(protocol.Encode(protocol.Join{Room: "lobby"}))) // the relay may have refused the hello
	return c
}

// enter is read for a join that must succeed.
func (rs *gossips) enter(relay int, token string) *reader {
	rs.Helper()
	c := rs.read(relay, token)
	within(rs.T, time.Second, token+" has joined", func() bool { return heard[protocol.Joined](c) != nil })
	return c
}

// admits reports whether a relay accepts one more connection of a user, which it then ends.
func (rs *gossips) admits(relay int, token string) bool {
	c := rs.read(relay, token)
	defer c.end()
	within(rs.T, time.Second, token+" is answered", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.closed != 0 || len(c.frames) > 0
	})
	return heard[protocol.Welcome](c) != nil
}

func (c *reader) run() {
	defer close(c.ended)
	for {
		op, body, err := c.Next()
		if err != nil {
			return
		}
		c.mu.Lock()
		if op == ws.OpClose {
			code, _ := ws.ParseCloseFrameData(body)
			c.closed = protocol.CloseCode(code)
			c.Conn.Close()
		} else if f, err := protocol.DecodeRelay(body); err == nil {
			c.frames = append(c.frames, f)
		}
		c.mu.Unlock()
	}
}

// heard returns the last frame of a kind that a client got; nil if none came.
func heard[F protocol.RelayFrame](c *reader) *F {
	all := all[F](c)
	if len(all) == 0 {
		return nil
	}
	return &all[len(all)-1]
}

// all returns the frames of a kind that a client got.
func all[F protocol.RelayFrame](c *reader) (frames []F) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.frames {
		if f, ok := f.(F); ok {
			frames = append(frames, f)
		}
	}
	return frames
}

// end ends a client.
func (c *reader) end() {
	c.Close()
	<-c.ended
}

// within waits for a condition, and returns the time that it took.
func within(t *testing.T, d time.Duration, what string, holds func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !holds() {
		if time.Since(began) > d {
			t.Fatalf("not within %v: %s", d, what)
		}
		time.Sleep(time.Millisecond)
	}
	return time.Since(began)
}

// never fails if a condition becomes true within a time.
func never(t *testing.T, d time.Duration, what string, holds func() bool) {
	t.Helper()
	for began := time.Now(); time.Since(began) < d; time.Sleep(5 * time.Millisecond) {
		if holds() {
			t.Fatalf("after %v: %s", time.Since(began), what)
		}
	}
}

// cluster runs a test on some relays, in virtual time.
func cluster(t *testing.T, n int, faults busmemory.Faults, test func(rs *gossips), configure ...func(*hub.Config)) {
	synctest.Test(t, func(t *testing.T) {
		g := &gossips{relays: newRelays(t, n, faults, append(configure, withRoles)...)}
		defer func() {
			for _, c := range g.readers {
				c.end()
			}
			g.end()
		}()
		test(g)
	})
}

// deaf drops all further news of the bus, although the bus seems to be up.
func (rs *gossips) deaf() {
	rs.network.mu.Lock()
	defer rs.network.mu.Unlock()
	rs.network.Faults.Lost = 1000
}

// change carries out an act over REST at a relay, as an organizer.
func (rs *gossips) change(relay int, do rules.Action) {
	rs.Helper()
	who, _ := roles{}.Verify(time.Now(), netip.Addr{}, "mod organizer")
	o, err := rs.engines[relay].Change(rs.Context(), who, rules.Op{Room: "lobby", Do: do})
	if err != nil || o.Code != "" {
		rs.Fatalf("%+v: %+v, %v", do, o.Refusal, err)
	}
}

// members returns the number of users that a client last got.
func members(c *reader) int64 {
	n := int64(0)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.frames {
		switch f := f.(type) {
		case protocol.Joined:
			n = f.Members
		case protocol.Presence:
			n = f.Members
		}
	}
	return n
}
