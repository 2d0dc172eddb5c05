package server

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/valyala/fasthttp"

	"hallway/protocol"
	"hallway/relay/guard"
	"hallway/relay/hub"
)

// The bounds of a request.
const (
	// headerBytesMax bounds a request's line and headers: a token of
	// auth.TokenBytesMax and what browsers add.
	headerBytesMax = 16 << 10
	readTimeout    = 10 * time.Second // for a whole request
	idleTimeout    = 60 * time.Second // between two requests
	// storeTimeout is how long a request waits for the store or the hub.
	storeTimeout = 10 * time.Second
)

// Backend is what the routes ask of an [engine.Engine].
type Backend interface {
	// Serve takes over a connection after its 101; it may block until that has ended. from is the client's
	// address; its port is 0 where a proxy is in between.
	Serve(nc net.Conn, from netip.AddrPort)
	// Post carries out a send; what was refused is told by the outcome.
	Post(ctx context.Context, who hub.Identity, send protocol.Send) (hub.Outcome, error)
	// Change carries out any other op; what was refused is told by the outcome.
	Change(ctx context.Context, who hub.Identity, op hub.Op) (hub.Outcome, error)
	// Revoked reports whether the identity's token counts no more.
	Revoked(who hub.Identity) bool
	// Banned reports whether a user who comes with that role is banned from a room, and
	// until when; 0: for ever.
	Banned(now time.Time, ban hub.Ban, role protocol.Role) (until protocol.Time, banned bool)
	// See takes note of the token of a request, which has been found good.
	See(who hub.Identity)
	// Rank is a user's role in a room by the last token seen; ok is false where the store
	// knows it as well.
	Rank(user, room string) (role protocol.Role, ok bool)
	// Online is who is in a room now: the number of connections by user id.
	Online(ctx context.Context, room string) (map[string]int, error)
	// Attend is for who is about to work on a request: it has the connections look at
	// what has arrived for them, and reports whether they have to do.
	Attend() (busy bool)
	// Conns is how many connections have not ended.
	Conns() int
	// Draining reports that the relay is going away.
	Draining() bool
}

// History is what the routes ask of the rooms' past; an [engine.Engine] is one.
type History interface {
	// Page is a page as JSON; see [hub.Store].
	Page(ctx context.Context, room, user string, q hub.Query) ([]byte, error)
	// Message returns one message as the user sees it; ok is false where the room has none with this id.
	Message(ctx context.Context, room, user, id string) (m protocol.Message, ok bool, err error)
	Ready(ctx context.Context) error
}

// Options is what a [Server] is made of.
type Options struct {
	Backend    Backend
	History    History
	Directory  hub.Directory
	Moderation hub.Moderation
	Verifier   hub.Verifier
	Origins    Origins               // of pages that may connect, beside the relay's own
	Hosts      Origins               // the relay's own; nil: those of loopback names and Domains
	Domains    []string              // names for which the relay itself gets certificates
	Limits     protocol.Limits       // those of the hub; zero: the protocol's defaults
	Admit      guard.AdmissionLimits // zero: no limit
	Addresses  *guard.Addresses      // nil: no limit
	Proxies    Proxies
	Secure     bool         // what is served is served over TLS
	Demo       *Demo        // nil: no demo
	Metrics    *Metrics     // those of the backend; nil: new ones
	Log        *slog.Logger // each request at debug

	MetricsApart bool             // the metrics are told by a MetricsServer, or not at all
	Now          func() time.Time // nil: the clock
}

// Server answers HTTP.
type Server struct {
	app        *fiber.App
	backend    Backend
	history    History
	directory  hub.Directory
	moderation hub.Moderation
	verifier   hub.Verifier
	origins    Origins
	own        own
	limits     protocol.Limits
	admission  *guard.Admission
	addresses  *guard.Addresses
	proxies    Proxies
	metrics    *Metrics
	log        *slog.Logger
	now        func() time.Time
	lanes      *lanes
	answers    *answers
	halves     *halves
	ready      readiness
	secure     bool

	metricsApart bool
}

// New makes a server that does not listen yet.
func New(o Options) (*Server, error) {
	s := &Server{
		backend:    o.Backend,
		history:    o.History,
		directory:  o.Directory,
		moderation: o.Moderation,
		verifier:   o.Verifier,
		origins:    o.Origins,
		own:        own{hosts: o.Hosts, loopback: o.Hosts == nil || o.Demo != nil},
		limits:     o.Limits,
		addresses:  o.Addresses,
		proxies:    o.Proxies,
		metrics:    o.Metrics,
		log:        o.Log,
		now:        o.Now,
		secure:     o.Secure,

		metricsApart: o.MetricsApart,
	}
	if o.Hosts == nil {
		for _, domain := range o.Domains {
			s.own.domains = append(s.own.domains, strings.ToLower(domain))
		}
	}
	if s.metrics == nil {
		s.metrics = NewMetrics("")
	}
	if s.addresses == nil {
		s.addresses = guard.NewAddresses(guard.AddressLimits{})
	}
	s.admission = guard.NewAdmission(o.Admit, s.addresses)
	s.metrics.Limit("connections", float64(o.Admit.Conns))
	s.metrics.Limit("handshakes_per_second", float64(o.Admit.HandshakesPerSecond))
	s.metrics.Limit("requests_per_second_address", float64(s.addresses.Limits().RequestsPerSecond))
	s.metrics.Limit("bad_tokens_per_minute_address", float64(s.addresses.Limits().BadTokensPerMinute))
	if s.now == nil {
		s.now = time.Now
	}
	if s.limits == (protocol.Limits{}) {
		s.limits = protocol.Limits{TextBytes: protocol.TextBytesMax, FrameBytes: protocol.FrameBytesMax}
	}
	s.app = fiber.New(fiber.Config{
		AppName:                      "hallway",
		BodyLimit:                    int(s.limits.FrameBytes),
		CaseSensitive:                true,
		DisableDefaultContentType:    true,
		DisablePreParseMultipartForm: true,
		DisableStartupMessage:        true,
		ErrorHandler:                 s.answerError,
		IdleTimeout:                  idleTimeout,
		Network:                      fiber.NetworkTCP,
		ReadBufferSize:               headerBytesMax,
		ReadTimeout:                  readTimeout,
		ReduceMemoryUsage:            true, // a connection between two requests has no buffers
		StrictRouting:                true,
	})
	s.routes()
	if o.Demo != nil {
		if err := s.demo(o.Demo); err != nil {
			return nil, err
		}
	}
	// A hijacked connection is closed by its new owner.
	s.app.Server().KeepHijackedConns = true
	s.app.Server().ErrorHandler = s.malformed(s.app.Server().ErrorHandler)
	s.app.Server().SecureErrorLogMessage = true // Fiber reads it, and what a client wrote may say anything
	backend := s.backend
	s.lanes = newLanes(func() bool { return backend.Attend() })
	cuts := func(reason string) { s.metrics.requestsCut.WithLabelValues(reason).Inc() }
	s.answers, s.halves = newAnswers(time.Now, cuts), newHalves(HalfBytesMax, cuts)
	s.backend, s.directory = patient{s.backend}, newLists(s.directory)
	s.tellLoad()
	s.app.Server().Handler = s.each(s.knownMethods(s.app.Server().Handler))
	return s, nil
}

func (s *Server) routes() {
	s.app.Use(s.around)
	s.app.Add(fiber.MethodGet, "/v1/ws", s.upgrade) // no HEAD: it cannot upgrade
	s.app.Get("/v1/openapi.json", s.openapi)
	s.app.Use([]string{"/v1/rooms", "/v1/users"}, s.limitRequests)
	s.app.Get("/v1/rooms", s.rooms)
	s.app.Put("/v1/users/:user/revocation", s.revoke(true)).Delete("/v1/users/:user/revocation", s.revoke(false))
	s.app.Route("/v1/rooms/:room", func(room fiber.Router) {
		room.Get("", s.room).Put("", s.putRoom).Delete("", s.deleteRoom)
		room.Get("/members", s.members)
		room.Delete("/members/:user", s.moderate(protocol.ActRemove))
		room.Put("/members/:user/mute", s.putSanction(protocol.ActMute)).Delete("/members/:user/mute", s.moderate(protocol.ActUnmute))
		room.Put("/members/:user/ban", s.putSanction(protocol.ActBan)).Delete("/members/:user/ban", s.moderate(protocol.ActUnban))
		room.Delete("/members/:user/messages", s.clearUser)
		room.Get("/sanctions", s.sanctions).Get("/audit", s.audit)
		room.Get("/reports", s.reports).Patch("/reports/:n", s.resolve)
		room.Post("/messages/:id/report", s.report)
		room.Get("/messages", s.messages).Post("/messages", s.post)
		room.Get("/messages/:id", s.message).Patch("/messages/:id", s.edit).Delete("/messages/:id", s.delete)
		room.Put("/messages/:id/pin", s.pin(true)).Delete("/messages/:id/pin", s.pin(false))
		room.Put("/messages/:id/reactions/:emoji", s.react(true)).Delete("/messages/:id/reactions/:emoji", s.react(false))
	})
	s.app.Get("/healthz", s.healthz)
	s.app.Get("/readyz", s.readyz)
	if !s.metricsApart {
		s.app.Get("/metrics", s.tellMetrics(adaptor.HTTPHandler(s.metrics.handler())))
	}
}

// Serve answers requests from ln until Shutdown; then it returns nil.
func (s *Server) Serve(ln net.Listener) error {
	return s.app.Listener(&httpListener{
		Listener: ln, log: s.log,
		site: &site{
			lanes: s.lanes, answers: s.answers, halves: s.halves,
			bodyMax: int(s.limits.FrameBytes), timedOut: s.timedOut(),
		},
		places: &places{most: s.admission.Limits().Files, held: s.backend.Conns},
	})
}

// Shutdown stops listening and waits for the requests under way, but not for
// what has been upgraded.
func (s *Server) Shutdown(ctx context.Context) error { return s.app.ShutdownWithContext(ctx) }

// malformed answers for Fiber a request that the connection has refused.
func (s *Server) malformed(next func(*fasthttp.RequestCtx, error)) func(*fasthttp.RequestCtx, error) {
	return func(rc *fasthttp.RequestCtx, err error) {
		conn, ok := rc.Conn().(*httpConn)
		if !ok || conn.request.framing.refused == "" {
			next(rc, err)
			return
		}
		conn.linger = true
		c := s.app.AcquireCtx(rc)
		defer s.app.ReleaseCtx(c)
		_ = s.answerError(c, refuse(protocol.CodeBadRequest, conn.request.framing.refused))
	}
}

// knownMethods answers for Fiber what it would answer without our headers.
func (s *Server) knownMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(rc *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(rc.Method())) {
			next(rc)
			return
		}
		c := s.app.AcquireCtx(rc)
		defer s.app.ReleaseCtx(c)
		_ = s.answerError(c, fiber.ErrNotImplemented)
	}
}

// around is what every request goes through.
func (s *Server) around(c *fiber.Ctx) (err error) {
	began := s.now()
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("a request's handler panicked", "route", c.Route().Path, "panic", p, "stack", string(debug.Stack()))
			err = fiber.ErrInternalServerError
		}
		if err != nil {
			err = s.answerError(c, err)
		}
		// The route's pattern, not the path: who knows what a client puts there.
		s.log.Debug("request", "method", c.Method(), "route", c.Route().Path,
			"status", c.Response().StatusCode(), "took", s.now().Sub(began))
	}()
	s.decorate(c)
	if isPreflight(c) {
		return s.preflight(c)
	}
	return c.Next()
}

// decorate sets what belongs on every answer; it may be called twice.
func (s *Server) decorate(c *fiber.Ctx) {
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if s.secure {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
	s.allowOrigin(c)
}
