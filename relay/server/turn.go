package server

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"hallway/protocol"
	"hallway/relay/hub"
)

const (
	// turnsPerProcessor is how many requests a processor works on at once.
	turnsPerProcessor = 2
	// waitsPerWork is how long requests leave the processors to connections that have to
	// do, in times of what they have worked.
	waitsPerWork = 2
	// turnWaitMax bounds that.
	turnWaitMax = 10 * time.Millisecond
	// turnPause is between two looks whether connections have to do.
	turnPause = 200 * time.Microsecond
)

// turns are places for requests that are worked on, behind the connections: a flood
// of requests takes what these leave, and no more than a share where they have to do
// all the time.
type turns struct {
	places chan struct{}
	attend func() (busy bool) // see Backend
	next   atomic.Int64       // when the next may work beside busy connections; ns since 1970
}

func newTurns(attend func() bool) *turns {
	return &turns{places: make(chan struct{}, turnsPerProcessor*runtime.GOMAXPROCS(0)), attend: attend}
}

// take waits for a place; it is given back with since.
func (t *turns) take() (since time.Time) {
	t.places <- struct{}{}
	for {
		busy, now := t.attend(), time.Now()
		if !busy || now.UnixNano() >= t.next.Load() {
			runtime.Gosched() // to what has been noticed
			return now
		}
		time.Sleep(turnPause)
	}
}

// give gives a place back.
func (t *turns) give(since time.Time) {
	now := time.Now()
	wait := min(waitsPerWork*now.Sub(since)/time.Duration(runtime.GOMAXPROCS(0)), turnWaitMax)
	t.next.Store(now.Add(wait).UnixNano())
	<-t.places
}

// each has a request wait for its turn.
func (t *turns) each(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(rc *fasthttp.RequestCtx) {
		defer t.give(t.take())
		next(rc)
	}
}

// patient is a backend whose answers are waited for without a turn: others take it
// while a commit is under way.
type patient struct {
	Backend
	turns *turns
}

// apart waits for an answer without a place.
func apart[T any](t *turns, wait func() (T, error)) (T, error) {
	t.give(time.Now())
	defer t.take()
	return wait()
}

func (p patient) Post(ctx context.Context, who hub.Identity, send protocol.Send) (hub.Outcome, error) {
	return apart(p.turns, func() (hub.Outcome, error) { return p.Backend.Post(ctx, who, send) })
}

func (p patient) Change(ctx context.Context, who hub.Identity, op hub.Op) (hub.Outcome, error) {
	return apart(p.turns, func() (hub.Outcome, error) { return p.Backend.Change(ctx, who, op) })
}

func (p patient) Online(ctx context.Context, room string) (map[string]int, error) {
	return apart(p.turns, func() (map[string]int, error) { return p.Backend.Online(ctx, room) })
}
