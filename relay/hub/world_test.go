package hub_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// A world is a hub among fakes: what it does to them is written down, and time
// only moves when told.
type world struct {
	*hub.Hub
	now    time.Time
	out    []string // what the hub did since the last look
	conns  map[string]*fakeConn
	rooms  map[string]*fakeRoom
	lives  map[string]int       // how often each room was made
	epochs map[string]*fakeRoom // every life of every room
	batch  []hub.Op             // under way
	keys   fakeVerifier         // that have signed tokens
}

var midnight = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func newWorld(cfg hub.Config) *world {
	w := &world{now: midnight, conns: map[string]*fakeConn{}, rooms: map[string]*fakeRoom{}, lives: map[string]int{}, epochs: map[string]*fakeRoom{}}
	cfg.Server = "hallway/test"
	w.keys = fakeVerifier{}
	cfg.Verifier = w.keys
	w.Hub = hub.New(cfg, w, w)
	return w
}

func (w *world) log(format string, args ...any) {
	w.out = append(w.out, fmt.Sprintf(format, args...))
}

// wait lets time pass, ticking as the shell would.
func (w *world) wait(d time.Duration) {
	for end := w.now.Add(d); w.now.Before(end); {
		w.now = w.now.Add(min(hub.TickEvery, end.Sub(w.now)))
		w.Tick(w.now)
		w.endSees()
	}
}

func (w *world) endSees() {
	for onlySees(w.batch) {
		w.commit()
	}
}

// Connections and groups.

type fakeConn struct {
	world   *world
	name    string
	session *hub.Session
	closed  bool
	// admitted: frames of the full size are taken.
	admitted bool
	heard    func(frame []byte) // beside the log
	rests    time.Time          // until then nothing is read
}

func (w *world) open(name string) *fakeConn {
	c := &fakeConn{world: w, name: name}
	w.conns[name] = c
	c.session = w.Open(w.now, "session-"+name, netip.Addr{}, c)
	return c
}

func (c *fakeConn) Admit() { c.admitted = true }

func (c *fakeConn) SendAhead(frame []byte) { c.Send(frame) }

func (c *fakeConn) Send(frame []byte) {
	if c.closed {
		return
	}
	c.world.log("%s← %s", c.name, frame)
	if c.heard != nil {
		c.heard(frame)
	}
}

func (c *fakeConn) Close(code protocol.CloseCode, reason string) {
	c.closed = true
	c.world.log("%s closed %d: %s", c.name, code, reason)
}

type fakeGroup struct{ conns []*fakeConn }

func (w *world) NewGroup(string) hub.Group { return &fakeGroup{} }

func (g *fakeGroup) Add(c hub.Conn) { g.conns = append(g.conns, c.(*fakeConn)) }

func (g *fakeGroup) Remove(c hub.Conn) {
	g.conns = slices.DeleteFunc(g.conns, func(x *fakeConn) bool { return x == c.(*fakeConn) })
}

func (g *fakeGroup) Send(frames [][]byte) {
	for _, c := range g.conns {
		for _, f := range frames {
			c.Send(f)
		}
	}
}

// Tokens: "ada" is Ada, for whom all rooms open for an hour;
// "ada rooms=lobby,stage role=moderator ttl=30s key=k1" says it all.

type fakeVerifier map[string]*hub.TokenKey

type fakeGrants struct {
	rooms []string // nil: all
	role  protocol.Role
}

func (g fakeGrants) Role(room string) (protocol.Role, bool) {
	return g.role, g.rooms == nil || slices.Contains(g.rooms, room)
}

func (g fakeGrants) Highest() protocol.Role { return g.role }

func (g fakeGrants) Everywhere() protocol.Role {
	if g.rooms != nil {
		return ""
	}
	return g.role
}

func (g fakeGrants) Same(other hub.Grants) bool {
	o, ok := other.(fakeGrants)
	return ok && g.role == o.role && slices.Equal(g.rooms, o.rooms)
}

func (keys fakeVerifier) Verify(now time.Time, _ netip.Addr, token string) (hub.Identity, error) {
	name, rest, _ := strings.Cut(token, " ")
	if name == "" || name == "mallory" {
		return hub.Identity{}, errors.New("the token is not valid")
	}
	switch name {
	case "late":
		return hub.Identity{}, &hub.TokenError{Why: protocol.WhyExpired, Reason: "the token has expired"}
	case "soon":
		return hub.Identity{}, &hub.TokenError{Code: protocol.CodeUnavailable, Why: protocol.WhyKey, Reason: "no keys yet", RetryAfter: time.Second}
	case "guess":
		return hub.Identity{}, &hub.TokenError{Code: protocol.CodeRateLimited, Why: protocol.WhyBadTokens, Reason: "too many", RetryAfter: 1500 * time.Millisecond}
	}
	var signedBy *hub.TokenKey
	g, ttl := fakeGrants{role: protocol.RoleParticipant}, time.Hour
	for _, word := range strings.Fields(rest) {
		switch key, value, _ := strings.Cut(word, "="); key {
		case "rooms":
			g.rooms = strings.Split(value, ",")
		case "role":
			g.role = protocol.Role(value)
		case "key":
			if keys[value] == nil {
				keys[value] = &hub.TokenKey{}
			}
			signedBy = keys[value]
		case "ttl":
			var err error
			if ttl, err = time.ParseDuration(value); err != nil {
				return hub.Identity{}, err
			}
		}
	}
	issued := now
	if strings.Contains(rest, "stale") {
		issued = time.Time{}
	}
	user := protocol.User{ID: name, Name: strings.ToUpper(name[:1]) + name[1:], Role: g.role}
	return hub.Identity{User: user, Expires: now.Add(ttl), Grants: g, IssuedAt: issued, Key: signedBy}, nil
}

// The store: a batch is under way until commit, fail or lose ends it.

func (w *world) Commit(ops []hub.Op) {
	if w.batch != nil {
		panic("a batch is under way already")
	}
	w.batch = ops
	if !onlySees(ops) {
		w.log("store← %s", describeOps(ops))
	}
}

// onlySees reports whether a batch saves ranks and does nothing else. The scripts do not
// tell of that: it ends by itself, after the step in which it began.
func onlySees(ops []hub.Op) bool {
	return len(ops) > 0 && !slices.ContainsFunc(ops, func(op hub.Op) bool { return op.Kind != hub.OpSee })
}

func describeOps(ops []hub.Op) string {
	var words []string
	for _, op := range ops {
		if op.Kind != hub.OpSee {
			words = append(words, describeOp(op))
		}
	}
	return strings.Join(words, ", ")
}

func describeOp(op hub.Op) string {
	switch op.Kind {
	case hub.OpOpen:
		return "open " + op.Room + " for " + op.Sender.ID
	case hub.OpEdit:
		return "edit " + op.ID
	case hub.OpDelete:
		if op.Any {
			return "delete any " + op.ID
		}
		return "delete " + op.ID
	case hub.OpReact:
		return fmt.Sprintf("react %s %s %v", op.ID, op.Emoji, op.On)
	case hub.OpPin:
		return fmt.Sprintf("pin %s %v", op.ID, op.On)
	case hub.OpRead:
		return fmt.Sprintf("read %d for %s", op.Seq, op.Sender.ID)
	case hub.OpConfigure:
		return "configure " + op.Room
	case hub.OpDrop:
		return "drop " + op.Room
	case hub.OpAdjust, hub.OpModerate, hub.OpReport, hub.OpResolve, hub.OpRevoke, hub.OpErase:
		return describeModeration(op)
	}
	if op.FindOnly {
		return "find " + op.Send.ID
	}
	return "send " + op.Send.ID
}

// commit carries the batch out.
func (w *world) commit() { w.end(w.carryOut(), nil) }

// fail ends the batch with an error, with nothing stored.
func (w *world) fail() { w.end(nil, errors.New("the disk is full")) }

// lose carries the batch out, but the hub hears of an error.
func (w *world) lose() {
	w.carryOut()
	w.end(nil, errors.New("the result was lost"))
}

func (w *world) end(outcomes []hub.Outcome, err error) {
	w.batch = nil
	w.Committed(w.now, outcomes, err)
}

func (w *world) carryOut() []hub.Outcome {
	var outcomes []hub.Outcome
	for _, op := range w.batch {
		outcomes = append(outcomes, w.do(op))
	}
	return outcomes
}
