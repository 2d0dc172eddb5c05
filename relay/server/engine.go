package server

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"hallway/protocol"
	"hallway/relay/conn"
	"hallway/relay/hub"
)

// eventsMax is how many events may wait for the hub; beyond it readers wait.
const eventsMax = 1024

// busyOps is how many ops wait for the store, or are under way, when those who have
// much to say have to wait: enough for a batch that costs the disk little.
const busyOps = 128

// EngineOptions is what an [Engine] is made of.
type EngineOptions struct {
	Hub   hub.Config
	Store hub.Store // stays the caller's to close, after Drain
	// Revoked is who is revoked since when, as the store has it.
	Revoked map[string]protocol.Time
	// Banned are the terms of the bans, as the store has them.
	Banned map[hub.Ban]hub.BanTerms
	// Ranked are the users who are more than participants anywhere, as the store has it.
	Ranked []string
	Log    *slog.Logger

	// Addresses is told of bad tokens; nil: nobody counts them.
	Addresses *Addresses

	// Metrics is where the engine counts; nil: nobody looks.
	Metrics *Metrics

	// Transport is New's of relay/conn where it is nil; the engine closes it.
	Transport conn.Transport
}

// Engine is the shell around a hub. One goroutine owns the hub and takes one
// event after another; a second commits its batches; each connection's reader
// only hands events over, and is the one to wait when the hub is busy. The hub
// itself never waits for any of them.
type Engine struct {
	store     hub.Store
	log       *slog.Logger
	transport conn.Transport
	goaway    time.Duration // how long a drain lets clients go by themselves

	events   chan event
	batches  chan []hub.Op // one at most is under way
	results  chan result
	stop     chan struct{} // closed when the engine has ended
	draining atomic.Bool
	conns    atomic.Int64 // taken over, and not closed yet
	busy     atomic.Bool  // those who have much to say wait

	windows     *hub.Windows
	revocations *hub.Revocations
	bans        *hub.Bans
	ranks       *hub.Ranks
	addresses   *Addresses
	fills       fills
	metrics     *Metrics
	stats       atomic.Pointer[hub.Stats] // what the hub told last

	// Of the goroutine that owns the hub:

	hub    *hub.Hub
	taking *link           // whose frame the hub takes
	links  int             // connections whose last event has not come
	idle   []chan struct{} // closed once no connection and no op is left
}

// An event is something for the hub, done by its owner.
type event func(now time.Time)

type result struct {
	outcomes []hub.Outcome
	err      error
}

// NewEngine starts an engine. It runs until [Engine.Drain].
func NewEngine(o EngineOptions) *Engine {
	cfg := o.Hub.WithDefaults()
	e := &Engine{
		store:     o.Store,
		log:       o.Log,
		transport: o.Transport,
		goaway:    time.Duration(cfg.GoawayMs) * time.Millisecond,
		events:    make(chan event, eventsMax),
		batches:   make(chan []hub.Op, 1),
		results:   make(chan result, 1),
		stop:      make(chan struct{}),
		metrics:   o.Metrics,
		addresses: o.Addresses,
	}
	if e.addresses == nil {
		e.addresses = NewAddresses(AddressLimits{})
	}
	cfg.Verifier = guessVerifier{cfg.Verifier, e}
	if e.metrics == nil {
		e.metrics = NewMetrics("")
	}
	if e.transport == nil {
		e.transport = conn.New(cfg.Limits.FrameBytes)
	}
	e.hub = hub.New(cfg, e.transport, committer(e.batches))
	e.hub.Revoked(o.Revoked)
	e.hub.Banned(o.Banned)
	e.hub.Ranked(o.Ranked)
	e.bans, e.ranks = e.hub.Bans(), e.hub.Ranks()
	e.windows, e.revocations = e.hub.Windows(), e.hub.Revocations()
	e.stats.Store(&hub.Stats{})
	e.metrics.hubLimits(&cfg)
	go e.own()
	go e.commit()
	e.metrics.registry.MustRegister(engineCollector{e}) // asks the owner
	return e
}

// committer hands a batch to the committing goroutine. The channel has a place
// for it, because the hub has one under way at most.
type committer chan<- []hub.Op

func (c committer) Commit(ops []hub.Op) { c <- ops }

// own is the goroutine that owns the hub.
func (e *Engine) own() {
	tick := time.NewTicker(hub.TickEvery)
	defer tick.Stop()
	for {
		select {
		case ev := <-e.events:
			ev(time.Now())
		case r := <-e.results:
			e.hub.Committed(time.Now(), r.outcomes, r.err)
		case <-tick.C:
			e.hub.Tick(time.Now())
		case <-e.stop:
			e.takeLast()
			return
		}
		e.busy.Store(e.hub.Pending() > busyOps)
		e.tellIdle()
	}
}

// takeLast takes the events that were handed over before the end.
func (e *Engine) takeLast() {
	for {
		select {
		case ev := <-e.events:
			ev(time.Now())
		default:
			return
		}
	}
}

func (e *Engine) tellIdle() {
	if e.links > 0 || e.hub.Pending() > 0 {
		return
	}
	for _, c := range e.idle {
		close(c)
	}
	e.idle = nil
}

// commit is the goroutine that commits.
func (e *Engine) commit() {
	for {
		select {
		case ops := <-e.batches:
			began := time.Now()
			outcomes, err := e.store.Commit(began, ops)
			e.metrics.committed(time.Since(began), len(ops), err)
			if err != nil {
				e.log.Error("commit failed", "ops", len(ops), "err", err)
			}
			e.results <- result{outcomes, err}
		case <-e.stop:
			return
		}
	}
}

// do hands an event to the hub's owner; false: the engine has ended, and the
// event may never be done.
func (e *Engine) do(ev event) bool {
	select {
	case e.events <- ev:
	case <-e.stop:
	}
	select {
	case <-e.stop:
		return false
	default:
		return true
	}
}

// Serve takes over a connection on which the handshake is done. It may block
// until the connection has ended. remote names the peer in logs.
func (e *Engine) Serve(nc net.Conn, remote string) {
	e.transport.Serve(nc, func(c hub.Conn) conn.Handler {
		l := &link{engine: e, id: rand.Text(), remote: remote}
		e.conns.Add(1)
		open := func(now time.Time) {
			e.links++
			l.session = e.hub.Open(now, l.id, c)
		}
		if !e.do(open) {
			c.Close(protocol.CloseGoingAway, "the relay is going away")
		}
		e.log.Debug("connection opened", "session", l.id, "remote", remote)
		return l
	})
}

// A link hands one connection's events to the hub.
type link struct {
	engine     *Engine
	id, remote string
	session    *hub.Session // of the goroutine that owns the hub
}

func (l *link) Received(data []byte) {
	l.do(func(h *hub.Hub, now time.Time) {
		l.engine.taking = l
		h.Received(now, l.session, data)
	})
}

func (l *link) Heard() {
	l.do(func(h *hub.Hub, now time.Time) { h.Heard(now, l.session) })
}

func (l *link) Busy() bool { return l.engine.busy.Load() }

func (l *link) Closed() {
	l.do(func(h *hub.Hub, now time.Time) {
		l.engine.links--
		h.Closed(now, l.session)
	})
	l.engine.conns.Add(-1)
	l.engine.log.Debug("connection ended", "session", l.id, "remote", l.remote)
}

// do hands an event to the hub, unless the connection came too late for it.
func (l *link) do(ev func(h *hub.Hub, now time.Time)) {
	l.engine.do(func(now time.Time) {
		if l.session != nil {
			ev(l.engine.hub, now)
		}
	})
}

// Post takes a send over REST, as Change does.
func (e *Engine) Post(ctx context.Context, who hub.Identity, send protocol.Send) (hub.Outcome, error) {
	return e.Change(ctx, who, hub.Op{Kind: hub.OpSend, Room: send.Room, Send: send})
}

// Change takes a change over REST by the same rules, order and rate as a frame:
// an op of any kind but OpOpen and OpRead, whose content is checked; the sender is
// who. A refusal is the outcome's Code, with RetryAfter where trying again may
// help. After an error, which is ctx's, the change may or may not be stored.
func (e *Engine) Change(ctx context.Context, who hub.Identity, op hub.Op) (hub.Outcome, error) {
	done := make(chan hub.Outcome, 1)
	e.do(func(now time.Time) {
		e.hub.Change(now, who, op, func(o hub.Outcome) { done <- o })
	})
	select {
	case o := <-done:
		return o, nil
	case <-ctx.Done():
		return hub.Outcome{}, ctx.Err()
	case <-e.stop:
		return hub.Outcome{Code: protocol.CodeUnavailable, Reason: "the relay is going away", RetryAfter: e.goaway}, nil
	}
}

// Revoked reports whether the identity's token counts no more.
func (e *Engine) Revoked(who hub.Identity) bool { return e.revocations.Refuse(&who) }

// Banned reports whether a user who comes with that role is banned from a room at the time
// now, and until when; 0: for ever.
func (e *Engine) Banned(now time.Time, ban hub.Ban, role protocol.Role) (until protocol.Time, banned bool) {
	return e.bans.Of(now, ban, role)
}

// See takes note of the token of a request; see [hub.Hub.See].
func (e *Engine) See(who hub.Identity) {
	if !e.ranks.Knows(&who) {
		e.do(func(time.Time) { e.hub.See(&who) })
	}
}

// Rank is a user's role in a room by the last token seen; ok is false where the store
// knows it as well.
func (e *Engine) Rank(user, room string) (role protocol.Role, ok bool) { return e.ranks.Of(user, room) }

// Conns is how many connections were taken over and are not closed yet.
func (e *Engine) Conns() int { return int(e.conns.Load()) }

// Attend is the transport's: it reports whether the connections have to do.
func (e *Engine) Attend() bool { return e.transport.Attend() }

// Draining reports whether Drain was called: /readyz says no.
func (e *Engine) Draining() bool { return e.draining.Load() }

// Drain ends the engine; it is called once. New connections are turned away
// and all others asked to go; who stays is closed a little later. It returns
// when all are gone and all that was taken on is committed, or with ctx's error.
func (e *Engine) Drain(ctx context.Context) error {
	e.draining.Store(true)
	defer e.transport.Close()
	defer close(e.stop)

	e.do(func(now time.Time) { e.hub.Drain(now) })
	leave, cancel := context.WithTimeout(ctx, e.goaway)
	defer cancel()
	if e.awaitIdle(leave) == nil {
		return nil
	}
	e.do(func(now time.Time) { e.hub.CloseAll(now) })
	return e.awaitIdle(ctx)
}

// awaitIdle returns nil once no connection and no op is left.
func (e *Engine) awaitIdle(ctx context.Context) error {
	idle := make(chan struct{})
	e.do(func(time.Time) { e.idle = append(e.idle, idle) })
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
