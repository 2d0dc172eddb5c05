package server

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"

	"hallway/protocol"
	"hallway/relay/guard"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// The bounds of a request.
const (
	// headerBytesMax bounds a request's line and headers: a token of auth.TokenBytesMax and the headers of browsers.
	headerBytesMax = 16 << 10
	readTimeout    = 10 * time.Second // for a whole request
	idleTimeout    = 60 * time.Second // between two requests
	// storeTimeout bounds how long a request waits for the store or the hub.
	storeTimeout = 10 * time.Second
)

// Backend is the part of an engine that the routes use; engine.Engine implements it.
type Backend interface {
	// Serve takes over a connection after its 101; it may block until the connection has ended. from is the client's
	// address; its port is 0 behind a proxy.
	Serve(nc net.Conn, from netip.AddrPort)
	// Change carries out an op. The outcome may be a refusal.
	Change(ctx context.Context, who hub.Identity, op rules.Op) (rules.Outcome, error)
	// Revoked reports whether the identity's token was revoked.
	Revoked(who hub.Identity) bool
	// Banned reports whether a user with that role is banned from a room, and until when; 0: for ever.
	Banned(now time.Time, ban rules.Ban, role protocol.Role) (until protocol.Time, banned bool)
	// See notes the good token of a request.
	See(who hub.Identity)
	// Rank returns a user's role in a room by the last token seen; ok is false if the caller can rely on the stored
	// role.
	Rank(user, room string) (role protocol.Role, ok bool)
	// Online returns the ids of the users who are in a room now.
	Online(ctx context.Context, room string) (map[string]bool, error)
	// Level waits until Online and the read markers in the database include all earlier actions of clients at other
	// relays.
	Level(ctx context.Context) error
	// Attend makes the connections look for events before work on a request, and reports whether they have work to do.
	Attend() (busy bool)
	// Conns returns the number of connections that have not ended.
	Conns() int
	// Draining reports whether the relay is shutting down.
	Draining() bool
}

// History reads the rooms' messages for the routes; engine.Engine implements it.
type History interface {
	// Page returns a page as JSON; see [hub.Store].
	Page(ctx context.Context, room, user string, q rules.Query) ([]byte, error)
	// Message returns one message as the user sees it; ok is false if the room has none with this id.
	Message(ctx context.Context, room, user, id string) (m protocol.Message, ok bool, err error)
	// Ready returns the reason why the store cannot write now; nil if it can.
	Ready(ctx context.Context) error
}

// Options holds the parameters of New.
type Options struct {
	Backend    Backend
	History    History
	Directory  rules.Directory
	Moderation rules.Moderation
	Locks      rules.Locks
	Verifier   hub.Verifier
	Origins    Origins               // pages that may connect, in addition to the relay's own
	Hosts      Origins               // the relay's own origins; nil: those of loopback names and of Domains
	Domains    []string              // names for which the relay itself gets certificates
	Limits     protocol.Limits       // the hub's; zero: the protocol's defaults
	Admit      guard.AdmissionLimits // zero: no limit
	Addresses  *guard.Addresses      // nil: no limit
	Proxies    Proxies
	Secure     bool         // the relay itself ends TLS
	Demo       *Demo        // nil: no demo
	Files      *Files       // nil: the relay accepts no files
	Metrics    *Metrics     // the engine's; nil: new ones
	Log        *slog.Logger // each request at debug
	BusUp      func() bool  // reports whether the bus to the other relays is up; nil: there is none

	MetricsApart bool             // /metrics is answered by a MetricsServer or not at all
	Now          func() time.Time // nil: time.Now
}

// Server answers HTTP. It wires its parts, each with its own state:
//
//	problems    answers of errors, headers of all answers
//	callers     the addresses that requests come from; pages, which of these may use the relay
//	work        slots for requests, room for answers
//	access      tokens, roles, bans
//	messages, rooms, moderation, health, upgrade   the routes.
type Server struct {
	app       *fiber.App
	problems  *problems
	listening listener // all except its net.Listener
	log       *slog.Logger
	now       func() time.Time
}

// New makes a server that does not listen yet.
func New(o Options) (*Server, error) {
	o.setDefaults()
	callers := &callers{proxies: o.Proxies, secure: o.Secure}
	pages := &pages{callers: callers, origins: o.Origins, own: ownOrigins{hosts: o.Hosts, loopback: o.Hosts == nil || o.Demo != nil}}
	if o.Hosts == nil {
		for _, domain := range o.Domains {
			pages.own.domains = append(pages.own.domains, strings.ToLower(domain))
		}
	}
	backend := o.Backend
	problems := &problems{pages: pages, metrics: o.Metrics, log: o.Log, draining: func() bool { return backend.Draining() }}
	s := &Server{problems: problems, log: o.Log, now: o.Now}
	s.app = newApp(&o, problems)
	problems.app = s.app

	cuts := func(reason string) { o.Metrics.requestsCut.WithLabelValues(reason).Inc() }
	work := &work{
		pools: newPools(func() bool { return backend.Attend() }), answers: guard.NewAnswers(systemClock, cuts),
		callers: callers, problems: problems, metrics: o.Metrics,
	}
	halves := guard.NewHalves[netip.Addr](guard.HalfBytesMax)
	o.Metrics.limits(&o)
	o.Metrics.load(work.pools, work.answers, halves)
	s.listening = listener{
		log: o.Log, places: guard.NewPlaces(o.Admit.Files, func() int { return backend.Conns() }),
		site: &site{
			pools: work.pools, answers: work.answers, halves: halves, cuts: cuts,
			bodyMax: int(o.Limits.FrameBytes), timedOut: problems.timedOut(),
		},
	}
	s.app.Use(s.around)
	s.routes(&o, &access{
		work: work, problems: problems, backend: patient{o.Backend}, verifier: o.Verifier, addresses: o.Addresses, now: o.Now,
	})
	if o.Demo != nil {
		if err := o.Demo.addTo(s.app, pages, o.Now); err != nil {
			return nil, err
		}
	}
	s.app.Server().Handler = work.each(problems.knownMethods(s.app.Server().Handler))
	return s, nil
}

func (o *Options) setDefaults() {
	if o.Metrics == nil {
		o.Metrics = NewMetrics("")
	}
	if o.Addresses == nil {
		o.Addresses = guard.NewAddresses(guard.AddressLimits{})
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Limits == (protocol.Limits{}) {
		o.Limits = protocol.Limits{TextBytes: protocol.TextBytesMax, FrameBytes: protocol.FrameBytesMax}
	}
}

func newApp(o *Options, problems *problems) *fiber.App {
	app := fiber.New(fiber.Config{
		AppName:                      "hallway",
		BodyLimit:                    int(o.Limits.FrameBytes),
		CaseSensitive:                true,
		DisableDefaultContentType:    true,
		DisablePreParseMultipartForm: true,
		DisableStartupMessage:        true,
		ErrorHandler:                 problems.answerError,
		IdleTimeout:                  idleTimeout,
		Network:                      fiber.NetworkTCP,
		ReadBufferSize:               headerBytesMax,
		ReadTimeout:                  readTimeout,
		ReduceMemoryUsage:            true, // an idle connection has no buffers
		StrictRouting:                true,
	})
	app.Server().KeepHijackedConns = true // their new owners close them
	app.Server().ErrorHandler = problems.malformed(app.Server().ErrorHandler)
	app.Server().SecureErrorLogMessage = true // the error for Fiber must not contain text of the client
	return app
}

func (s *Server) routes(o *Options, access *access) {
	upgrade := &upgrade{
		pages: s.problems.pages, backend: o.Backend, admission: guard.NewAdmission(o.Admit, o.Addresses), metrics: o.Metrics, now: o.Now,
	}
	health := &health{problems: s.problems, history: o.History, busUp: o.BusUp, now: o.Now}
	rooms := &rooms{access: access, directory: newLists(o.Directory)}
	messages := &messages{access: access, history: o.History, directory: newLists(o.Directory), limits: o.Limits}
	moderation := &moderation{access: access, store: o.Moderation}
	locks := &locks{access: access, store: o.Locks}

	s.app.Add(fiber.MethodGet, "/v1/ws", upgrade.get) // not HEAD, which cannot upgrade
	s.app.Get("/v1/openapi.json", openapi)
	s.app.Use([]string{"/v1/rooms", "/v1/users", "/v1/devices"}, access.limitRequests)
	s.app.Get("/v1/rooms", rooms.list)
	s.app.Put("/v1/users/:user/revocation", moderation.revoke(true)).Delete("/v1/users/:user/revocation", moderation.revoke(false))
	s.app.Delete("/v1/devices/:id", locks.delete)
	s.app.Route("/v1/rooms/:room", func(room fiber.Router) {
		room.Get("", access.inRoom(rooms.get)).Put("", access.inRoom(rooms.put)).Delete("", access.inRoom(rooms.delete))
		room.Get("/members", access.inRoom(rooms.members))
		room.Get("/turns", access.inRoom(locks.turns)).Get("/devices", access.inRoom(locks.devices))
		moderation.addTo(room)
		messages.addTo(room)
		newFileRoutes(access, o).addTo(room)
	})
	s.app.Get("/healthz", health.healthz)
	s.app.Get("/readyz", health.readyz)
	if !o.MetricsApart {
		s.app.Get("/metrics", loopbackMetrics(adaptor.HTTPHandler(o.Metrics.handler())))
	}
}

// Serve answers requests from ln until Shutdown; then it returns nil.
func (s *Server) Serve(ln net.Listener) error {
	l := s.listening
	l.Listener = ln
	return s.app.Listener(&l)
}

// Shutdown stops listening and waits for the requests under way, but not for upgraded connections.
func (s *Server) Shutdown(ctx context.Context) error { return s.app.ShutdownWithContext(ctx) }

// around logs every request, answers its error and recovers from its panic.
func (s *Server) around(c *fiber.Ctx) (err error) {
	began := s.now()
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("a request's handler panicked", "route", c.Route().Path, "panic", p, "stack", string(debug.Stack()))
			err = fiber.ErrInternalServerError
		}
		if err != nil {
			err = s.problems.answerError(c, err)
		}
		// It logs the route's pattern, because a client may put any text into the path.
		s.log.Debug("request", "method", c.Method(), "route", c.Route().Path,
			"status", c.Response().StatusCode(), "took", s.now().Sub(began))
	}()
	s.problems.decorate(c)
	if isPreflight(c) {
		return s.problems.pages.preflight(c)
	}
	return c.Next()
}
