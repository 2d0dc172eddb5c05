package server

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"hallway/protocol"
	"hallway/relay/hub"
)

// The bounds of what waits for its turn with the store. A request that waits takes
// about 16 KiB.
const (
	// LineMax is how many requests wait in all, LineAddressMax how many of one address,
	// LineUserMax how many of one user.
	LineMax        = 4096
	LineAddressMax = 3072
	LineUserMax    = 64
	// SearchLineMax is how many searches wait; of one address and of one user.
	SearchLineMax        = 512
	SearchLineAddressMax = 384
	SearchLineUserMax    = 32
	// lineRetry is how long a request that may not wait is told to stay away.
	lineRetry = time.Second
	// placeTimeout is how long a request waits until there is place for its answer, and
	// placeEvery how often it looks.
	placeTimeout = 5 * time.Second
	placeEvery   = 100 * time.Millisecond
	// goneEvery is how often the relay looks whether somebody still waits for what it
	// works on.
	goneEvery = 100 * time.Millisecond
)

// lanes are the turns of requests by their kind, so that none waits behind another
// kind: least of all what tells whether the relay lives behind what keeps it busy.
type lanes struct {
	reads      *turns // bytes of requests
	health     *turns // /healthz
	ready      *turns // /readyz, which waits for the store
	metrics    *turns
	handshakes *turns
	requests   *turns // all others, until their user is known
	work       *turns // … and from then on
	searches   *turns // … those that search
}

func newLanes(attend func() bool) *lanes {
	lane := func() *turns { return newTurns(attend, turnsPerProcessor, lineLimits{}) }
	return &lanes{
		reads: lane(), health: lane(), ready: lane(), metrics: lane(), handshakes: lane(), requests: lane(),
		work: newTurns(attend, turnsPerProcessor, lineLimits{LineMax, LineAddressMax, LineUserMax}),
		// Each takes a processor for long.
		searches: newTurns(attend, 1, lineLimits{SearchLineMax, SearchLineAddressMax, SearchLineUserMax}),
	}
}

// of is the lane in which a request begins.
func (l *lanes) of(path string) *turns {
	switch path {
	case "/healthz":
		return l.health
	case "/readyz":
		return l.ready
	case "/metrics":
		return l.metrics
	case "/v1/ws":
		return l.handshakes
	}
	return l.requests
}

// turn is what a request holds of a lane.
type turn struct {
	who   asker
	conn  *httpConn // nil in tests without one
	lane  *turns
	since time.Time
}

func (t *turn) take(lane *turns) { t.lane, t.since = lane, lane.take(t.who) }

func (t *turn) give() {
	if lane := t.lane; lane != nil {
		t.lane = nil
		lane.give(t.since)
	}
}

// gone reports whether nobody waits for the answer any more.
func (t *turn) gone() bool { return t.conn != nil && t.conn.gone() }

// turnKey is where a request's turn is among its values, and among its context's.
type turnKey struct{}

func turnOf(c *fiber.Ctx) *turn {
	t, _ := c.Context().UserValue(turnKey{}).(*turn)
	return t
}

// each has a request wait for its turn, and what it is answered with counted.
func (s *Server) each(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(rc *fasthttp.RequestCtx) {
		t := &turn{who: asker{addr: s.caller(rc).Addr()}}
		if t.conn, _ = rc.Conn().(*httpConn); t.conn != nil {
			t.conn.asked()
		}
		t.take(s.lanes.of(string(rc.Path())))
		defer t.give()
		rc.SetUserValue(turnKey{}, t)
		next(rc)
		s.hold(rc, t)
	}
}

// hold counts an answer until it is written, or puts a refusal in its place.
func (s *Server) hold(rc *fasthttp.RequestCtx, t *turn) {
	if t.conn == nil || rc.Response.StatusCode() == fiber.StatusSwitchingProtocols {
		return
	}
	bytes := cap(rc.Response.Body()) // what it keeps, also where it was appended to
	if shared, _ := rc.UserValue(sharedBody{}).(bool); shared {
		bytes = 0
	}
	err := s.answers.hold(t.conn, t.who, bytes)
	if err == nil {
		return
	}
	rc.Response.ResetBody()
	c := s.app.AcquireCtx(rc)
	defer s.app.ReleaseCtx(c)
	_ = s.answerError(c, s.refuseFull(err))
	_ = s.answers.hold(t.conn, t.who, 0)
}

// sharedBody is the value of a request whose answer's body is not its own.
type sharedBody struct{}

var errGone = refuse(protocol.CodeUnavailable, "nobody waits for the answer any more")

// await has a request whose user is known wait for its turn among those of all users.
// It refuses at once a request that may not wait.
func (s *Server) await(c *fiber.Ctx, who hub.Identity) error {
	t := turnOf(c)
	if t == nil || t.who.user != "" {
		return nil
	}
	t.who.user = who.User.ID
	t.give()
	if err := s.answers.admit(t.who); errors.Is(err, errUserUnread) {
		return s.refuseFull(err)
	}
	lane := s.lanes.work
	if c.Context().QueryArgs().Has("q") {
		lane = s.lanes.searches
	}
	for until := time.Now().Add(placeTimeout); ; {
		since, err := lane.takeInTime(t.who)
		if err != nil {
			return s.refuseFull(err)
		}
		t.lane, t.since = lane, since
		if c.Method() == fiber.MethodGet && t.gone() {
			return errGone
		}
		err = s.reserve(c, t)
		if err == nil {
			return nil
		}
		t.give()
		if errors.Is(err, errUserUnread) || time.Now().After(until) {
			return s.refuseFull(err)
		}
		time.Sleep(placeEvery) // those that stand still are noticed meanwhile
	}
}

// reserve makes place for the answer of a request before it is worked on.
func (s *Server) reserve(c *fiber.Ctx, t *turn) error {
	if t.conn == nil {
		return nil
	}
	bytes := 0
	if c.Method() == fiber.MethodGet && strings.HasSuffix(c.Path(), "/messages") {
		bytes = protocol.PageBytesMax
	}
	return s.answers.reserve(t.conn, t.who, bytes)
}

// refuseFull is the refusal of a request for which there is no place, in a line or
// among the answers that wait to be read.
func (s *Server) refuseFull(why error) error {
	code, reason := protocol.CodeRateLimited, "waiting"
	var detail string
	switch {
	case errors.Is(why, errUserWaits):
		detail = "too many of your requests wait for their turn"
	case errors.Is(why, errAddressWaits):
		detail = "too many requests from this address wait for their turn"
	case errors.Is(why, errUserUnread):
		detail, reason = "too much that you have asked for waits to be read", "unread"
	case errors.Is(why, errAddressUnread):
		detail, reason = "too much that this address has asked for waits to be read", "unread"
	case errors.Is(why, errAllUnread):
		code, detail, reason = protocol.CodeUnavailable, "too much waits to be read: ask again", "unread"
	default:
		code, detail = protocol.CodeUnavailable, "too many requests wait for their turn: ask again"
	}
	s.metrics.addressRefused.WithLabelValues(reason).Inc()
	r := refuse(code, detail)
	r.retryAfter = lineRetry
	return r
}

// begin makes the context of a request's work with the store and the hub. It ends
// after storeTimeout, or as soon as nobody waits for the answer.
func (s *Server) begin(c *fiber.Ctx) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	t := turnOf(c)
	if t == nil {
		return ctx, cancel
	}
	ctx = context.WithValue(ctx, turnKey{}, t)
	if t.conn == nil || c.Method() != fiber.MethodGet {
		return ctx, cancel // a change is carried out all the same
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
			if t.gone() {
				cancel()
			}
		}
	}()
	return ctx, cancel
}

// patient is a backend whose answers are waited for without a turn: others take it
// while a commit is under way.
type patient struct{ Backend }

// apart waits for an answer without the place of ctx's request.
func apart[T any](ctx context.Context, wait func() (T, error)) (T, error) {
	if t, _ := ctx.Value(turnKey{}).(*turn); t != nil && t.lane != nil {
		lane := t.lane
		t.give()
		defer t.take(lane)
	}
	return wait()
}

func (p patient) Post(ctx context.Context, who hub.Identity, send protocol.Send) (hub.Outcome, error) {
	return apart(ctx, func() (hub.Outcome, error) { return p.Backend.Post(ctx, who, send) })
}

func (p patient) Change(ctx context.Context, who hub.Identity, op hub.Op) (hub.Outcome, error) {
	return apart(ctx, func() (hub.Outcome, error) { return p.Backend.Change(ctx, who, op) })
}

func (p patient) Online(ctx context.Context, room string) (map[string]int, error) {
	return apart(ctx, func() (map[string]int, error) { return p.Backend.Online(ctx, room) })
}
