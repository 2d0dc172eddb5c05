package nats

import (
	"errors"

	"github.com/nats-io/nats.go"

	"hallway/relay/bus"
)

// intake moves messages from the client to a queue, so that their bytes are bounded.
func (b *Bus) intake(from chan *nats.Msg, heard *queue[[]byte]) {
	defer heard.close()
	for {
		select {
		case m := <-from:
			if !heard.put(0, m.Data, len(m.Data)) {
				b.tooSlow()
			}
		case <-b.closing:
			return
		}
	}
}

// hear decodes messages and hands their news to the listener.
func (b *Bus) hear(heard *queue[[]byte]) {
	for {
		message, ok := heard.take()
		if !ok {
			return
		}
		from, news, err := bus.Decode(message)
		switch {
		case errors.Is(err, bus.ErrUnknown):
			b.counters.unknown.Add(1)
		case err != nil:
			b.counters.malformed.Add(1)
		default:
			b.counters.received.Add(1)
			b.listener.Heard(from, news)
		}
	}
}
