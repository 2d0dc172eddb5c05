package engine

import (
	"context"
	"sync"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

const (
	// sharedTimeout bounds a query for the commits of other relays.
	sharedTimeout = 5 * time.Second
	// healsMax bounds the holes that are read at once, in different rooms.
	healsMax = 8
	// othersMax bounds the other questions to the store that are under way at once.
	othersMax = 8
	// busEvery is how often the engine looks whether the bus is up.
	busEvery = 100 * time.Millisecond
)

// Shared is a store that other relays write as well.
type Shared interface {
	rules.Shared
	rules.Moderation
}

// Cluster holds the parts of an engine whose database other relays write too.
type Cluster struct {
	Shared Shared
	// Join returns the bus to the other relays, which calls the listener from then on.
	Join func(bus.Listener) bus.Bus
}

// A cluster joins an engine's hub to the other relays. It implements hub.Bus, hub.Reader and bus.Listener.
type cluster struct {
	engine *Engine
	shared Shared
	bus    bus.Bus
	pages  headReads     // reads pages of history
	heals  chan struct{} // has a value for each hole that is being read
	others chan struct{} // has a value for each other question under way
	reads  sync.WaitGroup
	ctx    context.Context // the reads' context; it ends with the engine
	cancel context.CancelFunc
	left   chan struct{} // closed once no goroutine owns the hub

	// The goroutine that owns the hub also owns:

	wake   *time.Timer
	wakeAt time.Time
}

// joinCluster shares the hub with the other relays. It runs before the hub's first call.
func (e *Engine) joinCluster(o *Cluster) {
	c := &cluster{
		engine: e, shared: o.Shared, pages: headReads{shared: o.Shared},
		heals: make(chan struct{}, healsMax), others: make(chan struct{}, othersMax),
		wake: time.NewTimer(0), left: make(chan struct{}),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	e.cluster, e.wake = c, c.wake.C
	c.bus = o.Join(c)
	e.hub.Share(c, c)
	go c.watchBus()
}

// arm sets the timer for the hub's next deadline.
func (c *cluster) arm() {
	if at := c.engine.hub.Deadline(); !at.Equal(c.wakeAt) {
		c.wakeAt = at
		c.wake.Reset(time.Until(at))
	}
}

// wakeHub does the hub's work that is due.
func (c *cluster) wakeHub() {
	c.wakeAt = time.Time{}
	c.engine.hub.Wake(time.Now())
}

// watchBus tells the hub when the bus goes down or comes back.
func (c *cluster) watchBus() {
	tick := time.NewTicker(busEvery)
	defer tick.Stop()
	for was := true; ; {
		select {
		case <-c.engine.ended:
			return
		case <-tick.C:
		}
		if up := c.bus.Stats().Connected; up != was {
			was = up
			c.engine.do(func(now time.Time) { c.engine.hub.BusUp(now, up) })
		}
	}
}

// Publish implements [hub.Bus].
func (c *cluster) Publish(n hub.News) {
	changes := &bus.Changes{Room: n.Room, Epoch: n.Epoch, First: n.First, Last: n.Last, Frames: make([]bus.Frame, len(n.Frames))}
	for i, frame := range n.Frames {
		changes.Frames[i] = bus.Frame{Rev: n.First + int64(i), Data: frame}
	}
	c.bus.Tell(changes)
}

// Follow implements [hub.Bus].
func (c *cluster) Follow(room string) { c.bus.Listen(room) }

// Unfollow implements [hub.Bus].
func (c *cluster) Unfollow(room string) { c.bus.Unlisten(room) }

// Heard implements [bus.Listener]. It waits while the hub is busy: the bus then drops news, and reports that.
func (c *cluster) Heard(from bus.RelayID, news bus.News) {
	n, durable := news.(*bus.Changes)
	if !durable {
		c.engine.do(func(now time.Time) { c.engine.hub.Gossip().Heard(now, from, news) })
		return
	}
	told := newsOf(n)
	c.engine.do(func(now time.Time) { c.engine.hub.Heard(now, told) })
}

// newsOf converts changes for the hub. If their frames cannot be decoded, it keeps only the head.
func newsOf(n *bus.Changes) hub.News {
	told := hub.News{Room: n.Room, Epoch: n.Epoch, First: n.First, Last: n.Last, Frames: make([][]byte, len(n.Frames))}
	for i := range n.Frames {
		told.Frames[i] = n.Frames[i].Data
	}
	if told.Decode() != nil {
		return hub.News{Room: n.Room, Epoch: n.Epoch, Last: n.Last}
	}
	return told
}

// Listening implements [bus.Listener].
func (c *cluster) Listening(rooms []string) {
	c.engine.do(func(now time.Time) { c.engine.hub.Followed(now, rooms) })
}

// Missed implements [bus.Listener].
func (c *cluster) Missed() {
	c.engine.do(func(now time.Time) { c.engine.hub.BusUp(now, c.bus.Stats().Connected) })
}

// ReadHeads implements [hub.Reader].
func (c *cluster) ReadHeads(rooms []string) {
	c.read(func(ctx context.Context) event {
		heads, err := c.shared.Heads(ctx, rooms)
		if err != nil && c.ctx.Err() == nil {
			c.engine.log.Error("the heads of rooms cannot be read", "rooms", len(rooms), "err", err)
		}
		return func(now time.Time) { c.engine.hub.Heads(now, heads, err) }
	})
}

// ReadSince implements [hub.Reader].
func (c *cluster) ReadSince(room string, since int64) {
	c.read(func(ctx context.Context) event {
		c.heals <- struct{}{}
		defer func() { <-c.heals }()
		var heal hub.Heal
		page, err := c.engine.store.Page(ctx, room, "", rules.Query{Kind: rules.QuerySince, At: since, Limit: protocol.PageMessagesMax})
		switch {
		case err == nil:
			heal = hub.HealOf(since, &page)
		case c.ctx.Err() == nil:
			c.engine.log.Error("the changes of a room cannot be read", "err", err)
		}
		return func(now time.Time) { c.engine.hub.Healed(now, room, heal, err) }
	})
}

// read queries the store in a goroutine, and hands the answer to the hub's owner.
func (c *cluster) read(query func(context.Context) event) {
	c.reads.Go(func() {
		ctx, cancel := context.WithTimeout(c.ctx, sharedTimeout)
		defer cancel()
		c.engine.do(query(ctx))
	})
}

// end stops the cluster's reads after the engine's end.
func (c *cluster) end() {
	<-c.left // the hub starts no more reads
	c.cancel()
	c.reads.Wait()
}
