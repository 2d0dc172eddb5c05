package nats

import "hallway/relay/bus"

// Tell publishes news to the other relays.
func (b *Bus) Tell(news bus.News) {
	which := ephemeralLane
	if bus.Durable(news) {
		which = durableLane
	}
	if !b.connected.Load() || !b.out.put(which, news, bus.Bytes(news)) {
		b.counters.dropped.Add(1)
	}
}

// The lanes of the queue of news to publish.
const (
	durableLane = iota
	ephemeralLane
)

// publish publishes what is in the queue until the bus is closed.
func (b *Bus) publish() {
	defer close(b.published)
	for {
		news, ok := b.out.take()
		if !ok {
			if b.connected.Load() {
				_ = b.conn.FlushTimeout(closeTimeout) // a bus that ends does not wait for a paused server
			}
			return
		}
		for _, part := range bus.Split(news) {
			if err := b.conn.Publish(b.subjects.of(part), bus.Encode(b.id, part)); err != nil {
				b.counters.dropped.Add(1)
				continue
			}
			b.counters.published.Add(1)
		}
	}
}
