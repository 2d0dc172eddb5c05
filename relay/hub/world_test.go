package hub_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/hub"
	"hallway/relay/rules"
	"hallway/store/memory"
)

// A world is a hub among fakes: it logs the hub's calls, and time only moves on demand.
type world struct {
	*hub.Hub
	now    time.Time
	out    []string // the hub's calls since the last step
	conns  map[string]*fakeConn
	store  *memory.Store
	lives  map[string]int   // how often each room was made
	epochs map[string]*life // every epoch of every room
	batch  []rules.Op       // under way
	stored []rules.Outcome  // of the batch, if it was carried out already
	keys   fakeVerifier     // holds the keys that have signed tokens
	shared bool             // other relays use the database
	others others
	names  aliases
}

var midnight = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func newWorld(cfg hub.Config) *world {
	w := &world{now: midnight, conns: map[string]*fakeConn{}, lives: map[string]int{}, epochs: map[string]*life{}, names: newAliases()}
	w.store = memory.New(memory.Options{
		Epoch: w.epoch, ClearMax: clearMax, Now: func() time.Time { return w.now },
	})
	cfg.Server = "hallway/test"
	w.keys = fakeVerifier{}
	cfg.Verifier, cfg.GrantsOf = w.keys, grantsOf
	w.Hub = hub.New(cfg, w, w)
	return w
}

func (w *world) log(format string, args ...any) {
	w.out = append(w.out, fmt.Sprintf(format, args...))
}

// wait lets time pass, with the ticks of the engine.
func (w *world) wait(d time.Duration) {
	tick := w.now.Add(hub.TickEvery)
	for end := w.now.Add(d); w.now.Before(end); {
		w.now = w.now.Add(w.nextWake(min(tick.Sub(w.now), end.Sub(w.now))))
		if w.shared {
			w.Wake(w.now)
		}
		if w.now.Equal(tick) || w.now.Equal(end) {
			w.Tick(w.now)
			tick = w.now.Add(hub.TickEvery)
		}
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
	// admitted reports that frames of the full size are accepted.
	admitted bool
	heard    func(frame []byte) // called in addition to the log
	rests    time.Time          // nothing is read until then
}

func (w *world) open(name string) *fakeConn {
	c := &fakeConn{world: w, name: name}
	w.conns[name] = c
	c.session = w.Open(w.now, &hub.Client{ID: "session-" + name}, c)
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

// Tokens: "ada" is Ada, with all rooms for an hour; "ada rooms=lobby,stage role=moderator ttl=30s key=k1" names
// everything.

type fakeVerifier map[string]*hub.TokenKey

type fakeGrants struct {
	rooms []string // nil: all rooms
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

func (g fakeGrants) Entries() (entries []bus.Grant) {
	if g.rooms == nil {
		return []bus.Grant{{Pattern: "*", Role: g.role}}
	}
	for _, room := range g.rooms {
		entries = append(entries, bus.Grant{Pattern: room, Role: g.role})
	}
	return entries
}

// grantsOf returns the grants of entries.
func grantsOf(entries []bus.Grant) hub.Grants {
	g := fakeGrants{role: entries[0].Role}
	for _, e := range entries {
		if e.Pattern != "*" {
			g.rooms = append(g.rooms, e.Pattern)
		}
	}
	return g
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

// The store: a batch is under way until commit, fail or lose ends it; stored carries it out before that.

// clearMax is the number of messages that the store clears at once.
const clearMax = 2

// epoch returns the epoch of a room; the first is e-lobby, the next e2-lobby.
func (w *world) epoch(room string, _ int) string {
	w.lives[room]++
	if n := w.lives[room]; n > 1 {
		return fmt.Sprintf("e%d-%s", n, room)
	}
	return "e-" + room
}

func (w *world) Commit(ops []rules.Op) {
	if w.batch != nil {
		panic("a batch is under way already")
	}
	w.batch = ops
	if !onlySees(ops) {
		w.log("store← %s", describeOps(ops))
	}
}

// onlySees reports whether a batch saves ranks and does nothing else. Scripts do not show such a batch: it ends by
// itself, after the step in which it began.
func onlySees(ops []rules.Op) bool {
	return len(ops) > 0 && !slices.ContainsFunc(ops, func(op rules.Op) bool { return !sees(op) })
}

func sees(op rules.Op) bool {
	_, sees := op.Do.(rules.See)
	return sees
}

func describeOps(ops []rules.Op) string {
	var words []string
	for _, op := range ops {
		if !sees(op) {
			words = append(words, describeOp(op))
		}
	}
	return strings.Join(words, ", ")
}

func describeOp(op rules.Op) string {
	switch do := op.Do.(type) {
	case rules.Open:
		return "open " + op.Room + " for " + op.Sender.ID
	case rules.Send:
		if do.FindOnly {
			return "find " + do.ID
		}
		return "send " + do.ID
	case rules.Edit:
		return "edit " + do.ID
	case rules.Delete:
		if do.Any {
			return "delete any " + do.ID
		}
		return "delete " + do.ID
	case rules.React:
		return fmt.Sprintf("react %s %s %v", do.ID, do.Emoji, do.On)
	case rules.Pin:
		return fmt.Sprintf("pin %s %v", do.ID, do.On)
	case rules.Read:
		return fmt.Sprintf("read %d for %s", do.Seq, op.Sender.ID)
	case rules.Configure:
		return "configure " + op.Room
	case rules.Drop:
		return "drop " + op.Room
	}
	return cmp.Or(describeKeys(op), describeModeration(op))
}

func describeModeration(op rules.Op) string {
	switch do := op.Do.(type) {
	case rules.Erase:
		return fmt.Sprint("erase ", do.User, " in ", op.Room, do.Seqs)
	case rules.Forget:
		return fmt.Sprint("erase ", do.User, " in ", op.Room, []int64(nil))
	case rules.Adjust:
		return string(protocol.Encode(do.Adjust))
	case rules.Report:
		return "report " + do.ID + " for " + op.Sender.ID
	case rules.Resolve:
		return fmt.Sprintf("%s %d", do.State, do.N)
	case rules.Revoke:
		return fmt.Sprintf("revoke %s %v", do.User, do.On)
	case rules.Moderate:
		if do.Again {
			return string(do.Act) + " " + do.User + " again"
		}
		return string(do.Act) + " " + do.User
	}
	return fmt.Sprintf("%T", op.Do)
}

// commit carries out the batch.
func (w *world) commit() {
	w.storeBatch()
	outcomes := w.stored
	w.stored = nil
	w.end(outcomes, nil)
}

// storeBatch carries out the batch, once; the hub learns of the result later.
func (w *world) storeBatch() {
	if w.stored == nil {
		w.stored = w.carryOut()
	}
}

// fail ends the batch with an error, with nothing stored.
func (w *world) fail() { w.end(nil, errors.New("the disk is full")) }

// lose carries out the batch, but the hub gets an error.
func (w *world) lose() {
	w.carryOut()
	w.end(nil, errors.New("the result was lost"))
}

func (w *world) end(outcomes []rules.Outcome, err error) {
	w.batch = nil
	w.Committed(w.now, outcomes, err)
}

func (w *world) carryOut() []rules.Outcome {
	outcomes, err := w.store.Commit(w.now, w.batch)
	if err != nil {
		panic(err)
	}
	for _, l := range w.epochs {
		l.furthest = maps.Clone(l.read)
	}
	for i, o := range outcomes {
		if o.Epoch == "" {
			continue
		}
		l := w.epochs[o.Epoch]
		if l == nil {
			l = &life{read: map[string]int64{}, furthest: map[string]int64{}}
			w.epochs[o.Epoch] = l
		}
		user := w.batch[i].Sender.ID
		l.note(user, o)
		l.furthest[user] = max(l.furthest[user], l.read[user])
	}
	return outcomes
}
