package server

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"hallway/protocol"
	"hallway/relay/guard"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

const (
	// waitingRetry is the time that a client waits after its request found no place in a queue.
	waitingRetry = time.Second
	// roomTimeout bounds the time that a request waits for room for its answer; roomEvery is the time between two
	// attempts.
	roomTimeout = 5 * time.Second
	roomEvery   = 100 * time.Millisecond
	// goneEvery is the time between two checks whether the client still waits for the answer.
	goneEvery = 100 * time.Millisecond
)

// systemClock is the system's clock for the guards.
var systemClock = guard.Clock{Now: time.Now, Sleep: time.Sleep, AfterFunc: time.AfterFunc}

// pools holds the slots of requests by their kind, so that no kind waits behind another. In particular, /healthz and
// /readyz do not wait behind the work of a busy relay.
type pools struct {
	reads      *guard.Pool // reading the bytes of requests
	health     *guard.Pool // /healthz
	ready      *guard.Pool // /readyz, which waits for the store
	metrics    *guard.Pool
	handshakes *guard.Pool
	unknown    *guard.Pool // all other requests, until their user is known
	users      *guard.Pool // the same requests, once their user is known
	searches   *guard.Pool // the same requests, if they search
}

func newPools(busy func() bool) *pools {
	pool := func() *guard.Pool {
		return guard.NewPool(systemClock, busy, guard.SlotsPerProcessor, guard.QueueLimits{})
	}
	return &pools{
		reads: pool(), health: pool(), ready: pool(), metrics: pool(), handshakes: pool(), unknown: pool(),
		users: guard.NewPool(systemClock, busy, guard.SlotsPerProcessor, guard.QueueLimits{
			All: guard.WaitingMax, Address: guard.WaitingAddressMax, User: guard.WaitingUserMax,
		}),
		// A search occupies a processor for long.
		searches: guard.NewPool(systemClock, busy, 1, guard.QueueLimits{
			All: guard.SearchesWaitingMax, Address: guard.SearchesWaitingAddressMax, User: guard.SearchesWaitingUserMax,
		}),
	}
}

// of returns the pool in which a request starts.
func (p *pools) of(path string) *guard.Pool {
	switch path {
	case "/healthz":
		return p.health
	case "/readyz":
		return p.ready
	case "/metrics":
		return p.metrics
	case "/v1/ws":
		return p.handshakes
	}
	return p.unknown
}

// slot is a request's slot in a pool.
type slot struct {
	who   guard.Caller
	conn  *httpConn   // nil in tests without one
	pool  *guard.Pool // nil: the request has no slot now
	since time.Time
}

func (s *slot) take(pool *guard.Pool) { s.pool, s.since = pool, pool.Acquire(s.who) }

func (s *slot) give() {
	if pool := s.pool; pool != nil {
		s.pool = nil
		pool.Release(s.since)
	}
}

// gone reports whether the client no longer waits for the answer.
func (s *slot) gone() bool { return s.conn != nil && s.conn.gone() }

// slotKey is the key of a request's slot among its values, and among its context's.
type slotKey struct{}

func slotOf(c *fiber.Ctx) *slot {
	s, _ := c.Context().UserValue(slotKey{}).(*slot)
	return s
}

// work schedules requests, and bounds the memory of their answers.
type work struct {
	pools    *pools
	answers  *guard.Answers
	callers  *callers
	problems *problems
	metrics  *Metrics
}

// each makes every request wait for a slot, and counts its answer.
func (w *work) each(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(rc *fasthttp.RequestCtx) {
		s := &slot{who: guard.Caller{Addr: w.callers.of(rc).Addr()}}
		if s.conn, _ = rc.Conn().(*httpConn); s.conn != nil {
			s.conn.asked()
		}
		s.take(w.pools.of(string(rc.Path())))
		defer s.give()
		rc.SetUserValue(slotKey{}, s)
		next(rc)
		if s.conn != nil && s.conn.request.framing.uploads { // the rest of a refused body
			rc.SetConnectionClose()
			s.conn.linger = true
		}
		w.hold(rc, s)
	}
}

// hold counts an answer until it is written. Without room it replaces the answer by a refusal.
func (w *work) hold(rc *fasthttp.RequestCtx, s *slot) {
	if s.conn == nil || rc.Response.StatusCode() == fiber.StatusSwitchingProtocols {
		return
	}
	if rc.Response.IsBodyStream() { // a file's; see downloads
		w.answers.Release(s.conn)
		return
	}
	bytes := cap(rc.Response.Body()) // the capacity, because the body may have grown
	if shared, _ := rc.UserValue(sharedBody{}).(bool); shared {
		bytes = 0
	}
	err := w.answers.Hold(s.conn, s.who, bytes)
	if err == nil {
		return
	}
	rc.Response.ResetBody()
	w.problems.answerFor(rc, w.refuseFull(err))
	_ = w.answers.Hold(s.conn, s.who, 0)
}

// sharedBody marks a request whose answer shares its body with others.
type sharedBody struct{}

var errGone = refuse(protocol.CodeUnavailable, "the client no longer waits for the answer")

// await moves a request, once its user is known, to a slot among those of all users. It refuses a request at once if
// the queue is full.
func (w *work) await(c *fiber.Ctx, who hub.Identity) error {
	s := slotOf(c)
	if s == nil || s.who.User != "" {
		return nil
	}
	s.who.User = who.User.ID
	s.give()
	if err := w.answers.Admit(s.who); errors.Is(err, guard.ErrUserUnread) {
		return w.refuseFull(err)
	}
	pool := w.pools.users
	if c.Context().QueryArgs().Has("q") {
		pool = w.pools.searches
	}
	for until := time.Now().Add(roomTimeout); ; {
		since, err := pool.AcquireInTime(s.who)
		if err != nil {
			return w.refuseFull(err)
		}
		s.pool, s.since = pool, since
		if c.Method() == fiber.MethodGet && s.gone() {
			return errGone
		}
		if err = w.reserve(c, s); err == nil {
			return nil
		}
		s.give()
		if errors.Is(err, guard.ErrUserUnread) || time.Now().After(until) {
			return w.refuseFull(err)
		}
		time.Sleep(roomEvery) // meanwhile stalled readers are noticed
	}
}

// reserve reserves room for a request's answer before work on the request.
func (w *work) reserve(c *fiber.Ctx, s *slot) error {
	if s.conn == nil {
		return nil
	}
	bytes := 0
	if c.Method() == fiber.MethodGet && strings.HasSuffix(c.Path(), "/messages") {
		bytes = protocol.PageBytesMax
	}
	return w.answers.Reserve(s.conn, s.who, bytes)
}

// refuseFull returns the refusal of a request without a place in a queue, or without room for its answer.
func (w *work) refuseFull(why error) error {
	code, reason := protocol.CodeRateLimited, "waiting"
	var detail string
	switch {
	case errors.Is(why, guard.ErrUserWaits):
		detail = "too many of your requests wait for their turn"
	case errors.Is(why, guard.ErrAddressWaits):
		detail = "too many requests from this address wait for their turn"
	case errors.Is(why, guard.ErrUserUnread):
		detail, reason = "too much that you have asked for waits to be read", "unread"
	case errors.Is(why, guard.ErrAddressUnread):
		detail, reason = "too much that this address has asked for waits to be read", "unread"
	case errors.Is(why, guard.ErrAllUnread):
		code, detail, reason = protocol.CodeUnavailable, "there are too many unread answers: try again", "unread"
	default:
		code, detail = protocol.CodeUnavailable, "too many requests wait for their turn: try again"
	}
	w.metrics.addressRefused.WithLabelValues(reason).Inc()
	r := refuse(code, detail)
	r.retryAfter = waitingRetry
	return r
}

// begin returns the context in which a request uses the store and the hub. It ends after storeTimeout, or as soon as
// the client no longer waits for the answer.
func (w *work) begin(c *fiber.Ctx) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	s := slotOf(c)
	if s == nil {
		return ctx, cancel
	}
	ctx = context.WithValue(ctx, slotKey{}, s)
	if s.conn == nil || c.Method() != fiber.MethodGet {
		return ctx, cancel // a change is carried out anyway
	}
	go func() {
		tick := time.NewTicker(goneEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if s.gone() {
				cancel()
			}
		}
	}()
	return ctx, cancel
}

// patient is a backend that waits for answers without the request's slot, so that other requests can use the slot
// during a commit.
type patient struct{ Backend }

// apart calls wait without the slot of ctx's request.
func apart[T any](ctx context.Context, wait func() (T, error)) (T, error) {
	if s, _ := ctx.Value(slotKey{}).(*slot); s != nil && s.pool != nil {
		pool := s.pool
		s.give()
		defer s.take(pool)
	}
	return wait()
}

// Change implements Backend.
func (p patient) Change(ctx context.Context, who hub.Identity, op rules.Op) (rules.Outcome, error) {
	return apart(ctx, func() (rules.Outcome, error) { return p.Backend.Change(ctx, who, op) })
}

// Level implements Backend.
func (p patient) Level(ctx context.Context) error {
	_, err := apart(ctx, func() (struct{}, error) { return struct{}{}, p.Backend.Level(ctx) })
	return err
}

// Online implements Backend.
func (p patient) Online(ctx context.Context, room string) (map[string]bool, error) {
	return apart(ctx, func() (map[string]bool, error) { return p.Backend.Online(ctx, room) })
}
