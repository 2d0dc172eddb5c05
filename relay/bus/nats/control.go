package nats

import (
	"maps"
	"slices"
	"sync"

	"github.com/nats-io/nats.go"
)

// control holds requests to the goroutine that runs handleRequests.
type control struct {
	mu    *sync.Mutex
	word  *word
	ready chan struct{} // has a value while there are requests
}

// word holds the requests since the goroutine last took them.
type word struct {
	rooms     map[string]bool // whether to listen to a room: the last request for each
	connected bool            // the bus was connected, for the first time or again
	missed    bool            // messages were lost
}

func newControl() control {
	return control{mu: new(sync.Mutex), word: &word{rooms: map[string]bool{}}, ready: make(chan struct{}, 1)}
}

// wake adds a request and wakes the goroutine.
func (c *control) wake(ask func(*word)) {
	c.mu.Lock()
	ask(c.word)
	c.mu.Unlock()
	select {
	case c.ready <- struct{}{}:
	default:
	}
}

// take removes and returns the requests.
func (c *control) take() word {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := *c.word
	*c.word = word{rooms: map[string]bool{}}
	return taken
}

// Listen subscribes to the news of a room.
func (b *Bus) Listen(room string) { b.control.wake(func(w *word) { w.rooms[room] = true }) }

// Unlisten unsubscribes from the news of a room.
func (b *Bus) Unlisten(room string) { b.control.wake(func(w *word) { w.rooms[room] = false }) }

// handleRequests carries out requests until the bus is closed. It reports a subscription once the server has answered a
// ping that was sent after it.
func (b *Bus) handleRequests() {
	subscribed := map[string]*nats.Subscription{}
	unreported := map[string]bool{} // subscribed rooms that the listener was not told of
	connected, missed := false, false
	for {
		select {
		case <-b.control.ready:
		case <-b.closing:
			return
		}
		asked := b.control.take()
		connected, missed = connected || asked.connected, missed || asked.missed
		for room, listen := range asked.rooms {
			b.unsubscribe(subscribed, room)
			delete(unreported, room)
			if listen {
				b.subscribe(subscribed, room)
				unreported[room] = true
			}
		}
		if connected || len(unreported) > 0 {
			if !b.connected.Load() {
				continue // the next connection wakes this goroutine
			}
			if b.conn.FlushTimeout(networkTimeout) != nil {
				b.control.wake(func(*word) {})
				continue
			}
		}
		if len(unreported) > 0 {
			b.listener.Listening(slices.Collect(maps.Keys(unreported)))
			clear(unreported)
		}
		if connected || missed {
			b.listener.Missed()
			connected, missed = false, false
		}
	}
}

// subscribe subscribes to the news of a room.
func (b *Bus) subscribe(subscribed map[string]*nats.Subscription, room string) {
	// It fails only after the final close of the connection.
	if s, err := b.conn.ChanSubscribe(b.subjects.listen(room), b.incoming); err == nil {
		subscribed[room] = s
	}
}

// unsubscribe ends the subscription to a room, if there is one.
func (b *Bus) unsubscribe(subscribed map[string]*nats.Subscription, room string) {
	if s := subscribed[room]; s != nil {
		_ = s.Unsubscribe() // it fails only after the final close of the connection
		delete(subscribed, room)
	}
}
