package nats

import (
	"maps"
	"slices"
	"sync"

	"github.com/nats-io/nats.go"
)

// control is a request to the goroutine of that name.
type control struct {
	mu    *sync.Mutex
	word  *word
	ready chan struct{} // has a value while there is a word
}

// word holds the requests since the goroutine last looked.
type word struct {
	rooms     map[string]bool // whether to listen to the room: the last wish for each
	connected bool            // the bus is connected, anew or for the first time
	missed    bool            // messages were lost
}

func newControl() control {
	return control{mu: new(sync.Mutex), word: &word{rooms: map[string]bool{}}, ready: make(chan struct{}, 1)}
}

// wake leaves word for the goroutine.
func (c *control) wake(ask func(*word)) {
	c.mu.Lock()
	ask(c.word)
	c.mu.Unlock()
	select {
	case c.ready <- struct{}{}:
	default:
	}
}

// take returns the word that was left.
func (c *control) take() word {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := *c.word
	*c.word = word{rooms: map[string]bool{}}
	return taken
}

// Listen starts to hear the news of a room.
func (b *Bus) Listen(room string) { b.control.wake(func(w *word) { w.rooms[room] = true }) }

// Unlisten ends hearing the news of a room.
func (b *Bus) Unlisten(room string) { b.control.wake(func(w *word) { w.rooms[room] = false }) }

// obey carries out requests to the control until the bus is closed. It reports a subscription once the server has
// answered a ping behind it.
func (b *Bus) obey() {
	subscribed := map[string]*nats.Subscription{}
	unreported := map[string]bool{} // rooms of which the listener does not know yet that it hears them
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
	// It fails only once the connection is closed for good.
	if s, err := b.conn.ChanSubscribe(b.subjects.listen(room), b.incoming); err == nil {
		subscribed[room] = s
	}
}

// unsubscribe ends the subscription to a room, if there is one.
func (b *Bus) unsubscribe(subscribed map[string]*nats.Subscription, room string) {
	if s := subscribed[room]; s != nil {
		_ = s.Unsubscribe() // it fails only once the connection is closed for good
		delete(subscribed, room)
	}
}
