package core

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// TestFaults runs a few chats against a model of the relay in virtual time,
// while connections are cut, requests fail, sends are refused, pages are killed
// and the relay dies before or after it has answered. When the faults end, all
// must see the same: each message once, in the order of its writer. It is the
// seed of the simulation, which runs the relay's own core.
func TestFaults(t *testing.T) {
	for seed := range uint64(300) {
		w := newWorld(t, seed)
		w.run(2*time.Minute, true)
		w.calm = true
		w.run(5*time.Minute, false)
		// A change that the stream lost shows as a gap at the next one.
		w.write(w.peers[0])
		w.run(time.Minute, false)
		w.check()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// world is the model: one thread, one queue of what happens next.
type world struct {
	t    *testing.T
	rnd  *rand.Rand
	now  time.Time
	todo []task // by time, then by number
	n    int

	log   []protocol.Message // the relay's store
	peers []*peer
	sent  int
	calm  bool          // no more faults
	slow  time.Duration // from message to message of a user; 0: no slow mode
}

type task struct {
	at time.Time
	n  int
	do func()
}

// peer is one user's page: its chat, its storage, its connection.
type peer struct {
	w       *world
	user    string
	life    int // of the page
	c       *Client
	disk    map[string]client.Item
	timer   int
	gen     int // of the open connection, 0: none
	arrive  time.Time
	reply   time.Time
	blocked string // the lane's refused id
	nextAt  time.Time
	seen    map[string]bool
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{t: t, rnd: rand.New(rand.NewPCG(seed, 1)), now: scriptStart}
	if seed%3 == 0 {
		w.slow = time.Second
	}
	for _, user := range []string{"ada", "bo"} {
		p := &peer{w: w, user: user, disk: map[string]client.Item{}, seen: map[string]bool{}}
		w.peers = append(w.peers, p)
		p.open()
	}
	return w
}

func (w *world) in(d time.Duration, do func()) {
	w.n++
	w.todo = append(w.todo, task{w.now.Add(d), w.n, do})
}

func (w *world) latency() time.Duration {
	return time.Duration(1+w.rnd.IntN(200)) * time.Millisecond
}

func (w *world) run(d time.Duration, faults bool) {
	end := w.now.Add(d)
	stop := false
	var strike func()
	strike = func() {
		if stop {
			return
		}
		w.strike()
		w.in(time.Duration(w.rnd.IntN(1500))*time.Millisecond, strike)
	}
	if faults {
		strike()
	}
	for len(w.todo) > 0 {
		i := 0
		for j, x := range w.todo {
			if x.at.Before(w.todo[i].at) || x.at.Equal(w.todo[i].at) && x.n < w.todo[i].n {
				i = j
			}
		}
		x := w.todo[i]
		if x.at.After(end) {
			break
		}
		w.todo = slices.Delete(w.todo, i, i+1)
		w.now = x.at
		x.do()
	}
	w.now = end
	stop = true
}

func (w *world) write(p *peer) {
	w.sent++
	p.step(client.SendText{ID: testUUID(fmt.Sprint(w.sent)), Text: fmt.Sprint(p.user, " ", w.sent)})
}

// chance is true once in n times, while there are faults.
func (w *world) chance(n int) bool { return !w.calm && w.rnd.IntN(n) == 0 }

// strike lets people write, or something break.
func (w *world) strike() {
	p := w.peers[w.rnd.IntN(len(w.peers))]
	switch n := w.rnd.IntN(12); {
	case n < 7:
		for range 1 + w.rnd.IntN(5) {
			w.write(p)
		}
	case n == 7:
		p.cut(0)
	case n == 8:
		p.open() // the page is killed and opened again
	case n == 9:
		p.step([]client.Event{client.Offline{}, client.Online{}, client.Visible{}, client.Hidden{}}[w.rnd.IntN(4)])
	case n == 10:
		p.gen = -max(p.gen, -p.gen) // half open: nothing passes any more
	default:
		for _, p := range w.peers {
			p.cut(protocol.CloseGoingAway)
		}
	}
}

// open begins a new life of the page on the same storage.
func (p *peer) open() {
	p.life++
	p.gen = 0
	p.c = New(client.Config{Room: "lobby", Rand: p.w.rnd.Float64})
	p.step(client.Started{Token: testToken(p.user)})
}

func (p *peer) cut(code protocol.CloseCode) {
	if gen := p.gen; gen > 0 {
		p.gen = 0
		p.step(client.Closed{Gen: gen, Code: code})
	}
}

// later is in for this life of the page only.
func (p *peer) later(d time.Duration, do func()) {
	life := p.life
	p.w.in(d, func() {
		if p.life == life {
			do()
		}
	})
}

func (p *peer) step(ev client.Event) {
	life := p.life
	for _, e := range p.c.Step(p.w.now, ev) {
		if p.w.chance(400) {
			p.open() // killed between any two effects
		}
		if p.life != life {
			return
		}
		p.act(e)
	}
}

func (p *peer) act(e client.Effect) {
	w := p.w
	switch e := e.(type) {
	case client.LoadOutbox:
		p.later(w.latency(), func() {
			p.step(client.Owns{User: e.User, Alone: true})
			ev := client.OutboxLoaded{User: e.User}
			for _, item := range p.disk {
				ev.Items = append(ev.Items, item)
			}
			slices.SortFunc(ev.Items, func(a, b client.Item) int { return int(a.Order - b.Order) })
			p.step(ev)
		})
	case client.SaveItem:
		p.later(5*time.Millisecond, func() {
			p.disk[e.Item.ID] = e.Item
			p.seen[e.Item.ID] = true
			p.step(client.ItemSaved{ID: e.Item.ID})
		})
	case client.RemoveItem:
		delete(p.disk, e.ID)
	case client.Dial:
		p.later(w.latency(), func() {
			p.gen, p.blocked = e.Gen, ""
			p.arrive, p.reply = w.now, w.now
			p.step(client.Opened{Gen: e.Gen})
		})
	case client.CloseSocket:
		if p.gen == e.Gen || p.gen == -e.Gen {
			p.gen = 0
		}
	case client.Write:
		// Frames of a connection do not overtake one another.
		if at := w.now.Add(w.latency()); at.After(p.arrive) {
			p.arrive = at
		}
		p.later(p.arrive.Sub(w.now), func() { p.relay(e) })
	case client.FetchPage:
		p.later(w.latency(), func() {
			page := w.page(e.Query)
			if w.chance(6) {
				p.step(client.PageFailed{Req: e.Req, Status: 503})
				return
			}
			p.later(w.latency(), func() { p.step(client.PageLoaded{Req: e.Req, Page: page}) })
		})
	case client.SetTimer:
		p.timer++
		if n := p.timer; !e.At.IsZero() {
			p.later(e.At.Sub(w.now), func() {
				if p.timer == n {
					p.step(client.TimerFired{})
				}
			})
		}
	}
}

// tell sends a frame to the page, in order.
func (p *peer) tell(f protocol.RelayFrame) {
	data, gen := f.Append(nil), p.gen
	if at := p.w.now.Add(p.w.latency()); at.After(p.reply) {
		p.reply = at
	}
	p.later(p.reply.Sub(p.w.now), func() {
		if p.gen == gen && gen > 0 {
			p.step(client.Received{Gen: gen, Data: data})
		}
	})
}

// relay is the relay's model.
func (p *peer) relay(e client.Write) {
	if p.gen != e.Gen {
		return
	}
	f, err := protocol.DecodeClient(e.Data, p.c.limits)
	if err != nil {
		p.w.t.Fatal(err)
	}
	switch f := f.(type) {
	case protocol.Hello:
		p.tell(protocol.Welcome{User: protocol.User{ID: p.user, Name: p.user}, HeartbeatMs: 10000, TimeoutMs: 5000})
	case protocol.Join:
		p.blocked = ""
		p.tell(protocol.Joined{Room: f.Room, Epoch: "e1", Head: int64(len(p.w.log))})
		if slow := p.w.slow; slow > 0 {
			p.tell(protocol.Settings{Room: f.Room, SlowModeS: int64(slow / time.Second)})
		}
	case protocol.Ping:
		p.tell(protocol.Pong(f))
	case protocol.Send:
		p.relaySend(f)
	}
}

func (p *peer) relaySend(f protocol.Send) {
	w := p.w
	for i := range w.log {
		if w.log[i].ID == f.ID {
			p.tell(protocol.Changed{Message: w.log[i]})
			return
		}
	}
	if p.blocked == f.ID {
		p.blocked = ""
	}
	if p.blocked == "" && w.now.Before(p.nextAt) {
		p.blocked = f.ID
		p.tell(protocol.Error{
			Code: protocol.CodeRateLimited, Room: f.Room, ID: f.ID, Why: protocol.WhySlowMode,
			RetryAfterMs: p.nextAt.Sub(w.now).Milliseconds() + 1,
		})
		return
	}
	if p.blocked == "" && w.chance(20) {
		p.blocked = f.ID
	}
	if p.blocked != "" {
		p.tell(protocol.Error{Code: protocol.CodeUnavailable, Room: f.Room, ID: f.ID, RetryAfterMs: int64(w.rnd.IntN(900))})
		return
	}
	n := int64(len(w.log) + 1)
	m := protocol.Message{
		Room: "lobby", ID: f.ID, Seq: n, Rev: n, Text: f.Text,
		Sender: protocol.User{ID: p.user, Name: p.user}, CreatedAt: protocol.TimeOf(w.now) + protocol.Time(n),
	}
	w.log = append(w.log, m)
	p.nextAt = w.now.Add(w.slow)
	for _, to := range w.peers {
		// Dead after the commit, or a live stream that loses: both heal.
		if to.gen != 0 && !w.chance(15) {
			to.tell(protocol.Changed{Message: m})
		}
	}
}

func (w *world) page(q client.PageQuery) protocol.Page {
	p := protocol.Page{Epoch: "e1", Head: int64(len(w.log))}
	from := max(0, len(w.log)-q.Limit)
	if q.HasSince {
		from = int(q.Since)
	}
	to := min(len(w.log), from+min(q.Limit, 7+q.Limit%7))
	if !q.HasSince {
		to = len(w.log)
		p.More = from > 0
	} else {
		p.More = to < len(w.log)
	}
	p.Messages = slices.Clone(w.log[from:to])
	return p
}

// check holds the end against the promise.
func (w *world) check() {
	stored := map[string]int{}
	last := map[string]int{}
	for _, m := range w.log {
		stored[m.ID]++
		var n int
		var who string
		_, _ = fmt.Sscan(m.Text, &who, &n)
		if n < last[who] {
			w.t.Errorf("%s overtook %d", m.Text, last[who])
		}
		last[who] = n
	}
	for _, p := range w.peers {
		s := p.c.Snapshot()
		if s.Status != client.StatusLive || len(s.Outbox) > 0 {
			w.t.Errorf("%s: %s with %d waiting", p.user, s.Status, len(s.Outbox))
		}
		for i, m := range s.Messages {
			if want := w.log[len(w.log)-len(s.Messages)+i]; m.ID != want.ID {
				w.t.Errorf("%s: %d messages; number %d is seq %d, the store has %d", p.user, len(s.Messages), i, m.Seq, want.Seq)
				break
			}
		}
		if len(s.Messages) < min(len(w.log), protocol.PageMessagesDefault) {
			w.t.Errorf("%s: shows %d of %d", p.user, len(s.Messages), len(w.log))
		}
		for id := range p.seen {
			if stored[id] != 1 {
				w.t.Errorf("%s: %s was saved and is stored %d times", p.user, short(id), stored[id])
			}
		}
	}
}
