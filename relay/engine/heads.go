package engine

import (
	"context"
	"sync"

	"hallway/relay/rules"
)

// headReads reads the heads of rooms for requests, many in one query. Each request waits for a query that begins after
// it, so the answer includes every change that the client knows, from any relay.
type headReads struct {
	shared rules.Shared

	mu   sync.Mutex
	next *headRead // a query that has not begun; nil: no request waits for it
	busy bool      // a query is under way
}

// headRead is one query.
type headRead struct {
	names  []string
	places map[string]int // in names
	done   chan struct{}  // closed once the answer is there
	heads  rules.Heads
	err    error
}

// read returns the head of a room.
func (h *headReads) read(ctx context.Context, room string) (rules.Head, error) {
	h.mu.Lock()
	if h.next == nil {
		h.next = &headRead{places: map[string]int{}, done: make(chan struct{})}
	}
	r := h.next
	place, ok := r.places[room]
	if !ok {
		place = len(r.names)
		r.places[room] = place
		r.names = append(r.names, room)
	}
	if !h.busy {
		h.busy = true
		go h.run()
	}
	h.mu.Unlock()
	select {
	case <-r.done:
	case <-ctx.Done():
		return rules.Head{}, ctx.Err()
	}
	if r.err != nil {
		return rules.Head{}, r.err
	}
	return r.heads.Rooms[place], nil
}

// run makes queries while requests wait for one.
func (h *headReads) run() {
	for {
		h.mu.Lock()
		r := h.next
		h.next = nil
		h.busy = r != nil
		h.mu.Unlock()
		if r == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), sharedTimeout)
		r.heads, r.err = h.shared.Heads(ctx, r.names)
		cancel()
		close(r.done)
	}
}
