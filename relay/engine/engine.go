package engine

import (
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"hallway/relay/conn"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// eventsMax bounds the events that wait for the hub. When it is reached, readers wait.
const eventsMax = 1024

// busyOps is the number of unfinished ops from which on busy connections have to wait. Such a batch still costs the
// disk little.
const busyOps = 128

// Options holds the parameters of New.
type Options struct {
	Hub   hub.Config
	Store rules.Store // the caller closes it, after Drain
	Log   *slog.Logger

	Known hub.Known // the store's state at the start; see [ReadKnown]

	Cluster   *Cluster       // nil: no other relay writes the store
	Meter     Meter          // nil: nothing is measured
	Transport conn.Transport // nil: conn.New's; the engine closes it
}

// Meter measures the work of an engine. Its methods may be called from several goroutines.
type Meter interface {
	// Committed notes a transaction of the store.
	Committed(took time.Duration, ops int, err error)
	// Page notes a page of history, from a room's window in memory or from the store.
	Page(fromWindow bool)
}

type noMeter struct{}

func (noMeter) Committed(time.Duration, int, error) {}
func (noMeter) Page(bool)                           {}

// Engine runs a hub; see the package comment.
type Engine struct {
	store     rules.Store
	log       *slog.Logger
	meter     Meter
	transport conn.Transport
	config    hub.Config // with its defaults

	events   chan event
	batches  chan []rules.Op // at most one is being committed
	results  chan result
	ended    chan struct{} // closed once the engine has ended
	draining atomic.Bool
	conns    atomic.Int64 // connections that the engine has taken over and that have not ended
	busy     atomic.Bool  // busy connections have to wait

	windows     *hub.Windows
	revocations *hub.Revocations
	bans        *hub.Bans
	ranks       *hub.Ranks
	fills       singleflight.Group        // of windows, by room
	cluster     *cluster                  // nil: no other relay writes the store
	wake        <-chan time.Time          // the cluster's
	stats       atomic.Pointer[hub.Stats] // the hub's last answer

	// The goroutine that owns the hub also owns:

	hub   *hub.Hub
	links int             // connections whose last event has not come
	idle  []chan struct{} // closed once no connection and no op is left
}

// An event is work for the hub. The hub's owner calls it.
type event func(now time.Time)

type result struct {
	outcomes []rules.Outcome
	err      error
}

// New starts an engine. It runs until [Engine.Drain].
func New(o Options) *Engine {
	e := &Engine{
		store:     o.Store,
		log:       o.Log,
		meter:     o.Meter,
		transport: o.Transport,
		config:    o.Hub.WithDefaults(),
		events:    make(chan event, eventsMax),
		batches:   make(chan []rules.Op, 1),
		results:   make(chan result, 1),
		ended:     make(chan struct{}),
	}
	if e.meter == nil {
		e.meter = noMeter{}
	}
	if e.transport == nil {
		e.transport = conn.New(e.config.Limits.FrameBytes)
	}
	e.hub = hub.New(e.config, e.transport, committer(e.batches))
	e.hub.Know(o.Known)
	e.bans, e.ranks = e.hub.Bans(), e.hub.Ranks()
	e.windows, e.revocations = e.hub.Windows(), e.hub.Revocations()
	e.stats.Store(&hub.Stats{})
	if o.Cluster != nil {
		e.joinCluster(o.Cluster)
	}
	go e.own()
	go e.commit()
	return e
}

// committer hands batches to the committing goroutine. The channel has room for a batch, because the hub
// commits one at a time.
type committer chan<- []rules.Op

func (c committer) Commit(ops []rules.Op) { c <- ops }

// own runs the goroutine that owns the hub.
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
		case <-e.wake:
			e.cluster.wakeHub()
		case <-e.ended:
			e.drainEvents()
			if e.cluster != nil {
				close(e.cluster.left)
			}
			return
		}
		if e.cluster != nil {
			e.cluster.arm()
		}
		e.busy.Store(e.hub.Pending() > busyOps)
		e.announceIdle()
	}
}

// drainEvents handles the events that came before the end.
func (e *Engine) drainEvents() {
	for {
		select {
		case ev := <-e.events:
			ev(time.Now())
		default:
			return
		}
	}
}

// commit runs the goroutine that commits batches.
func (e *Engine) commit() {
	for {
		select {
		case ops := <-e.batches:
			began := time.Now()
			outcomes, err := e.store.Commit(began, ops)
			e.meter.Committed(time.Since(began), len(ops), err)
			if err != nil {
				e.log.Error("commit failed", "ops", len(ops), "err", err)
			}
			e.results <- result{outcomes, err}
		case <-e.ended:
			return
		}
	}
}

// do hands an event to the hub's owner. It returns false if the engine has ended; the event may then never be called.
func (e *Engine) do(ev event) bool {
	select {
	case e.events <- ev:
	case <-e.ended:
	}
	select {
	case <-e.ended:
		return false
	default:
		return true
	}
}
