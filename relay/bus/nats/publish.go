package nats

import (
	"maps"
	"slices"
	"sync"

	"hallway/relay/bus"
)

// Tell publishes news to the other relays.
func (b *Bus) Tell(news bus.News) {
	if changes, ok := news.(*bus.Changes); ok {
		b.tellChanges(changes)
		return
	}
	if !b.connected.Load() || !b.out.put(ephemeralLane, news, bus.Bytes(news)) {
		b.counters.dropped.Add(1)
	}
}

// tellChanges publishes changes. If the queue is full, it publishes the room's head later. While the server is away it
// publishes nothing: after the reconnection, all relays read the heads.
func (b *Bus) tellChanges(n *bus.Changes) {
	if !b.connected.Load() {
		b.counters.dropped.Add(1)
		return
	}
	b.dropped.mu.Lock() // between the two checks, the publisher must not find an empty lane and no head
	defer b.dropped.mu.Unlock()
	if !b.out.put(durableLane, n, bus.Bytes(n)) {
		b.counters.dropped.Add(1)
		b.dropped.note(n)
	}
}

// droppedHeadsMax bounds the rooms whose heads are published later. The head check finds the other rooms.
const droppedHeadsMax = 10_000

// droppedHeads holds the heads of rooms whose changes were dropped. They are published when the queue is empty again.
type droppedHeads struct {
	mu    sync.Mutex
	rooms map[string]*bus.Changes // without frames
}

func (d *droppedHeads) note(n *bus.Changes) {
	if d.rooms == nil {
		d.rooms = map[string]*bus.Changes{}
	}
	if d.rooms[n.Room] != nil || len(d.rooms) < droppedHeadsMax {
		d.rooms[n.Room] = &bus.Changes{Room: n.Room, Epoch: n.Epoch, Last: n.Last}
	}
}

// take removes and returns all heads.
func (d *droppedHeads) take() []*bus.Changes {
	d.mu.Lock()
	defer d.mu.Unlock()
	rooms := d.rooms
	d.rooms = nil
	return slices.Collect(maps.Values(rooms))
}

// The lanes of the queue of news to publish.
const (
	durableLane = iota
	ephemeralLane
)

// publish publishes the news in the queue until the bus is closed.
func (b *Bus) publish() {
	defer close(b.published)
	for {
		news, ok := b.out.take()
		if !ok {
			if b.connected.Load() {
				_ = b.conn.FlushTimeout(closeTimeout) // a closing bus does not wait for a paused server
			}
			return
		}
		b.publishNow(news)
		if b.out.idle(durableLane) {
			for _, head := range b.dropped.take() {
				b.publishNow(head)
			}
		}
	}
}

func (b *Bus) publishNow(news bus.News) {
	for _, part := range bus.Split(news) {
		if err := b.conn.Publish(b.subjects.of(part), bus.Encode(b.id, part)); err != nil {
			b.counters.dropped.Add(1)
			continue
		}
		b.counters.published.Add(1)
	}
}
