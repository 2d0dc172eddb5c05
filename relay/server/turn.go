package server

import (
	"context"
	"runtime"

	"github.com/valyala/fasthttp"

	"hallway/protocol"
	"hallway/relay/hub"
)

// turnsPerProcessor is how many requests a processor works on at once.
const turnsPerProcessor = 2

// turns are places for requests that are worked on. Without a bound a flood of
// requests would put as many goroutines before those that serve the connections.
type turns chan struct{}

func newTurns() turns { return make(turns, turnsPerProcessor*runtime.GOMAXPROCS(0)) }

// each has a request wait for its turn.
func (t turns) each(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(rc *fasthttp.RequestCtx) {
		t <- struct{}{}
		defer func() { <-t }()
		runtime.Gosched() // to those that serve the connections: they go first
		next(rc)
	}
}

// patient is a backend whose answers are waited for without a turn: others take it
// while a commit is under way.
type patient struct {
	Backend
	turns turns
}

func (p patient) Post(ctx context.Context, who hub.Identity, send protocol.Send) (hub.Outcome, error) {
	<-p.turns
	defer func() { p.turns <- struct{}{} }()
	return p.Backend.Post(ctx, who, send)
}

func (p patient) Change(ctx context.Context, who hub.Identity, op hub.Op) (hub.Outcome, error) {
	<-p.turns
	defer func() { p.turns <- struct{}{} }()
	return p.Backend.Change(ctx, who, op)
}

func (p patient) Online(ctx context.Context, room string) (map[string]int, error) {
	<-p.turns
	defer func() { p.turns <- struct{}{} }()
	return p.Backend.Online(ctx, room)
}
