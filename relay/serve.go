package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"

	"hallway/examples/demo"
	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/engine"
	"hallway/relay/hub"
	"hallway/relay/server"
	"hallway/store/sqlite"
)

const (
	// drainTimeout is how long a drain may take with all that belongs to it.
	drainTimeout = 9 * time.Second
	// hubDrainTimeout is the part of it for the connections and what they sent,
	// requestTimeout that for requests under way.
	hubDrainTimeout = 6 * time.Second
	requestTimeout  = time.Second
)

type serveCommand struct {
	keyFlags
	tlsFlags
	addressFlags
	Addr         string        `default:"127.0.0.1:8080" env:"HALLWAY_ADDR" help:"Address to listen on; port 0 takes a free one."`
	DB           string        `name:"db" default:"hallway.db" env:"HALLWAY_DB" help:"The database's file, made where it does not exist."`
	AllowOrigin  []string      `env:"HALLWAY_ALLOW_ORIGINS" placeholder:"ORIGIN" help:"Origin of a page that may connect, as https://app.example.org; may be repeated or separated by commas. https://*.example.org lets in every name with one label more. The relay's own origin always may."`
	Host         []string      `env:"HALLWAY_HOST" placeholder:"ORIGIN" help:"The relay's own origin, as https://chat.example.org, where a proxy passes its requests on; without a scheme, that by which the relay is reached; may be repeated or separated by commas. Unless told: that of a loopback name, or of a --tls-domain."`
	MetricsAddr  string        `env:"HALLWAY_METRICS_ADDR" placeholder:"ADDRESS" help:"Address on which /metrics is told in place of --addr, in the clear and to whoever reaches it: a port, as 9090, is one of 127.0.0.1; off tells them nowhere. Unless told: --addr tells them to this machine alone."`
	Rate         float64       `default:"5" env:"HALLWAY_RATE" help:"Messages a second that a user may send, with a burst of four times that; 0 is no limit."`
	ConnsPerUser int           `default:"20" env:"HALLWAY_CONNS_PER_USER" help:"Connections that a user may have; 0 is no limit."`
	Conns        int           `default:"20000" env:"HALLWAY_CONNS" help:"Connections at once, of all users; 0 is as many as files may be open. Fewer where these are fewer."`
	Rooms        int           `default:"50000" env:"HALLWAY_ROOMS" help:"Rooms that people may be in at once."`
	Frames       int           `name:"frames-per-second" default:"100" env:"HALLWAY_FRAMES_PER_SECOND" help:"Frames a second that a connection may send, messages apart."`
	Handshakes   int           `name:"handshakes-per-second" default:"2000" env:"HALLWAY_HANDSHAKES_PER_SECOND" help:"Connections that are let in a second, with a burst of as many; 0 is no limit."`
	Retention    time.Duration `default:"0" env:"HALLWAY_RETENTION" help:"How long messages are kept, as 720h; older ones are deleted for good. A room's setting retention_s goes before it; 0 is for ever."`
	Demo         bool          `help:"Serve the demo page at / and hand out tokens to whoever asks. On loopback addresses only."`
	LogLevel     string        `enum:"debug,info,warn,error" default:"info" env:"HALLWAY_LOG_LEVEL" help:"What to log: debug, info, warn or error."`
}

// Run runs a relay until a signal ends it.
func (s *serveCommand) Run() error {
	ctx, stop := untilSignal()
	defer stop()
	ignoreFileLimit()
	saveMemory()

	r, err := s.open(ctx)
	if err != nil {
		return err
	}
	if err := s.background(ctx, r); err != nil {
		return err
	}
	served := make(chan error, 2)
	go func() { served <- r.server.Serve(r.secured.listener(r.listener)) }()
	addr := r.listener.Addr().String()
	listening := []any{"addr", addr, "db", s.DB, "version", version}
	if ln := r.scrapes; ln != nil {
		go func() { served <- r.metrics.Serve(ln) }()
		listening = append(listening, "metrics", ln.Addr().String())
	}
	r.log.Info("listening", listening...)
	if s.Demo {
		fmt.Println("Hallway demo: http://" + addr)
	}
	select {
	case err := <-served:
		return failure{fmt.Errorf("serve: %w", err)}
	case <-ctx.Done():
	}
	return r.drain()
}

// background starts what goes on beside the serving.
func (s *serveCommand) background(ctx context.Context, r *relay) error {
	go giveBackMemory(ctx, r.engine.Conns)
	go logReindex(ctx, r.log, r.store.Reindexing)

	var watches []*watch
	for _, w := range []*watch{s.secretFlags.watch(r.keeper), r.secured.watch} {
		if w != nil {
			watches = append(watches, w)
		}
	}
	hangups := make(chan os.Signal, 1)
	notifyHangups(hangups)
	go watchFiles(ctx, r.log, hangups, watches...)

	if r.secured.manage != nil {
		r.secured.manage(ctx, r.listener.Addr().(*net.TCPAddr))
	}
	if s.JWKSURL == "" {
		return nil
	}
	reader, err := newKeyReader(s.JWKSURL, s.JWKSMaxAge, r.keeper, r.log)
	if err != nil {
		return err
	}
	notifyHangups(reader.hangup)
	read := make(chan struct{})
	go reader.run(ctx, read)
	<-read
	return nil
}

// relay is what runs.
type relay struct {
	log      *slog.Logger
	keeper   *auth.Keeper
	secured  secured
	listener net.Listener
	store    *sqlite.Store
	engine   *engine.Engine
	server   *server.Server
	scrapes  net.Listener // nil: the metrics have no address of their own
	metrics  *server.MetricsServer
}

// open checks everything and starts the relay but for its answering. What it
// opened is left to the end of the process when it fails.
func (s *serveCommand) open(ctx context.Context) (*relay, error) {
	if err := s.checkLimits(); err != nil {
		return nil, err
	}
	origins, hosts, err := s.origins()
	if err != nil {
		return nil, err
	}
	addresses, proxies, err := s.addresses()
	if err != nil {
		return nil, err
	}
	r := &relay{log: newLogger(s.LogLevel)}
	addr, err := net.ResolveTCPAddr("tcp", s.Addr)
	if err != nil {
		return nil, fmt.Errorf("--addr: %w", err)
	}
	if r.secured, err = s.secure(filepath.Dir(s.DB), r.log); err != nil {
		return nil, err
	}
	keeper, files, err := s.keeperAndDemo(addr)
	if err != nil {
		return nil, err
	}
	r.keeper = keeper
	if r.listener, err = listen("--addr", addr); err != nil {
		return nil, err
	}
	if r.scrapes, err = s.listenForScrapes(); err != nil {
		return nil, err
	}
	if r.store, err = sqlite.Open(ctx, sqlite.Options{Path: s.DB}); err != nil {
		return nil, err
	}
	metrics := server.NewMetrics(version)
	if r.secured.ends != nil {
		metrics.CertificateEnds(r.secured.ends)
	}
	metrics.ReindexMessages(r.store.Reindexing)
	admit := s.admission(r.log)
	gate := auth.NewGate(keeper, addresses, metrics.BadTokenLimited)
	if err := s.startEngine(ctx, r, admit.Conns, gate, metrics); err != nil {
		return nil, err
	}
	metrics.Engine(r.engine)
	o := server.Options{
		Backend: r.engine, History: r.engine, Directory: r.store, Moderation: r.store, Verifier: gate, Origins: origins,
		Admit:     admit,
		Addresses: addresses, Proxies: proxies,
		Log: r.log, Metrics: metrics, Secure: r.secured.config != nil,
		Hosts: hosts, Domains: s.Domain, MetricsApart: s.MetricsAddr != "",
	}
	r.metrics = server.NewMetricsServer(metrics, r.log)
	if s.Demo {
		o.Demo = &server.Demo{Files: files, Keeper: keeper}
	}
	r.server, err = server.New(o)
	return r, err
}

// startEngine starts the relay's engine over its store, for so many connections.
func (s *serveCommand) startEngine(ctx context.Context, r *relay, conns int, gate *auth.Gate, metrics *server.Metrics) error {
	revoked, err := r.store.Revocations(ctx)
	if err != nil {
		return err
	}
	banned, err := r.store.Bans(ctx)
	if err != nil {
		return err
	}
	ranked, err := r.store.Ranked(ctx)
	if err != nil {
		return err
	}
	r.engine = engine.New(engine.Options{
		Hub: hub.Config{
			Server:       "hallway/" + version,
			Features:     []string{protocol.FeaturePinned, protocol.FeatureModeration},
			Rate:         s.Rate,
			ConnsPerUser: s.ConnsPerUser,
			Rooms:        s.Rooms,
			Conns:        conns,
			Verifier:     gate,

			FramesPerSecond:     s.Frames,
			HandshakesPerSecond: s.Handshakes,
		},
		Store:   r.store,
		Revoked: revoked,
		Banned:  banned,
		Ranked:  ranked,
		Log:     r.log,
		Meter:   metrics,
	})
	r.store.Retain(sqlite.Retention{Default: s.Retention, Purged: r.engine.Purged})
	r.store.CarryErasures(r.engine.Erase)
	return nil
}

func (s *serveCommand) keeperAndDemo(addr *net.TCPAddr) (*auth.Keeper, fs.FS, error) {
	if !s.Demo {
		keeper, err := s.keeper()
		return keeper, nil, err
	}
	// Whoever reaches the demo gets a token.
	if !addr.IP.IsLoopback() {
		return nil, nil, fmt.Errorf("--demo is for loopback addresses only, such as 127.0.0.1:8080; --addr is %s", s.Addr)
	}
	keeper, err := s.keeperForDemo()
	if err != nil {
		return nil, nil, err
	}
	files, err := demo.Files()
	return keeper, files, err
}

func listen(flag string, addr *net.TCPAddr) (net.Listener, error) {
	ln, err := net.ListenTCP("tcp", addr)
	var sys *os.SyscallError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("cannot listen on %s: the address is in use already, choose another by %s", addr, flag)
	case errors.As(err, &sys):
		return nil, fmt.Errorf("cannot listen on %s: %w", addr, sys.Err)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w", addr, err)
	}
	return ln, nil
}

// drain ends the relay: no more clients, those here asked to go, what they sent
// stored, the database closed.
func (r *relay) drain() error {
	r.log.Info("draining")
	overdue := time.AfterFunc(drainTimeout, func() { fail(failure{errors.New("the drain took too long")}) })
	defer overdue.Stop()

	// The server still answers meanwhile: /readyz tells that the relay goes.
	ctx, cancel := context.WithTimeout(context.Background(), hubDrainTimeout)
	defer cancel()
	err := r.engine.Drain(ctx)

	ctx, cancel = context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	// Who connected and asks for nothing may still be here then, and misses
	// nothing.
	if late := errors.Join(r.server.Shutdown(ctx), r.metrics.Shutdown(ctx)); late != nil {
		r.log.Debug("connections were left when the server ended", "error", late)
	}
	if err = errors.Join(err, r.store.Close()); err != nil {
		return failure{fmt.Errorf("drain: %w", err)}
	}
	r.log.Info("stopped")
	return nil
}

// newLogger logs to stderr: as text for people, as JSON for machines.
func newLogger(level string) *slog.Logger {
	var o slog.HandlerOptions
	o.Level = slog.LevelInfo
	var l slog.Level
	if l.UnmarshalText([]byte(level)) == nil {
		o.Level = l
	}
	if isatty.IsTerminal(os.Stderr.Fd()) {
		return slog.New(slog.NewTextHandler(os.Stderr, &o))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &o))
}
