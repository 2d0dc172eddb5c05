package main

import (
	"slices"
	"sync"
	"syscall/js"

	"hallway/component/client"
)

// sends holds the promises of messages that the page sends. A promise is resolved when
// the message is in the outbox, and rejected when the core refuses it.
type sends struct {
	mu      sync.Mutex
	waiting map[string]promise // by message id
}

type promise struct{ resolve, reject js.Value }

// send queues a text and returns a promise of its id.
func (p *program) send(text string) js.Value {
	var settle promise
	executor := js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		settle = promise{arguments[0], arguments[1]}
		return nil
	})
	defer executor.Release() // called before New returns
	promised := js.Global().Get("Promise").New(executor)

	p.sends.mu.Lock()
	defer p.sends.mu.Unlock()
	id, err := p.driver.Send(text)
	if err != nil {
		settle.reject.Invoke(newError(err.Error()))
	} else {
		p.sends.waiting[id] = settle
	}
	return promised
}

// changed resolves the promises of messages that are in the outbox.
func (s *sends) changed(snapshot *client.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, p := range s.waiting {
		if slices.ContainsFunc(snapshot.Outbox, func(o client.Own) bool { return o.ID == id }) {
			delete(s.waiting, id)
			p.resolve.Invoke(id)
		}
	}
}

// refused rejects the promise of a refused message. It returns false if there is none.
func (s *sends) refused(r client.Refused) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.waiting[r.ID]
	if ok {
		delete(s.waiting, r.ID)
		p.reject.Invoke(newError(r.Reason))
	}
	return ok
}

func newError(text string) js.Value { return js.Global().Get("Error").New(text) }
