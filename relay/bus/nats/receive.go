package nats

import (
	"errors"

	"hallway/relay/bus"
)

// intake moves messages from the client to the queues, so that their bytes are bounded and ephemeral news delay no
// change.
func (b *Bus) intake(durable, ephemeral *queue[[]byte]) {
	defer durable.close()
	defer ephemeral.close()
	for {
		select {
		case m := <-b.incoming:
			heard := ephemeral
			if b.subjects.isDurable(m.Subject) {
				heard = durable
			}
			if !heard.put(0, m.Data, len(m.Data)) {
				b.tooSlow()
			}
		case <-b.closing:
			return
		}
	}
}

// hear decodes messages of durable or of ephemeral news, and passes the news to the listener.
func (b *Bus) hear(heard *queue[[]byte], durable bool) {
	for {
		message, ok := heard.take()
		if !ok {
			return
		}
		from, news, err := bus.Decode(message)
		switch {
		case errors.Is(err, bus.ErrUnknown):
			b.counters.unknown.Add(1)
		case err != nil, bus.Durable(news) != durable:
			b.counters.malformed.Add(1)
		default:
			b.counters.received.Add(1)
			b.listener.Heard(from, news)
		}
	}
}
