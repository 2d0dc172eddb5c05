package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/mattn/go-isatty"

	"hallway/relay/auth"
	"hallway/relay/certificate"
	"hallway/relay/reload"
	"hallway/relay/secret"
	"hallway/relay/system"
)

const (
	// drainTimeout bounds a whole drain.
	drainTimeout = 9 * time.Second
	// hubDrainTimeout is the part of it for connections and their last ops, requestTimeout the part for requests under
	// way.
	hubDrainTimeout = 6 * time.Second
	requestTimeout  = time.Second
)

type serveCommand struct {
	secret.KeyFlags
	TLS certificate.Flags `embed:""`
	addressFlags
	busFlags
	dbFlag
	fileFlags
	Addr         string        `default:"127.0.0.1:8080" env:"HALLWAY_ADDR" help:"Address to listen on; port 0 takes a free one."`
	Failover     string        `name:"db-failover" enum:"lossy,lossless" default:"lossy" env:"HALLWAY_DB_FAILOVER" help:"Promotion of a PostgreSQL standby: lossy (it may lack commits; all clients load their rooms again) or lossless (the database replicates synchronously; clients continue)."`
	AllowOrigin  []string      `env:"HALLWAY_ALLOW_ORIGINS" placeholder:"ORIGIN" help:"Origin of pages that may connect, as https://app.example.org; may be repeated or separated by commas. In https://*.example.org the star stands for one label. The relay's own origin is always allowed."`
	Host         []string      `env:"HALLWAY_HOST" placeholder:"ORIGIN" help:"The relay's own origin, as https://chat.example.org, when it runs behind a proxy. Without a scheme it is that of the request. May be repeated or separated by commas. By default loopback names and each --tls-domain."`
	MetricsAddr  string        `env:"HALLWAY_METRICS_ADDR" placeholder:"ADDRESS" help:"Address that serves /metrics in place of --addr, without TLS and to anybody who reaches it. A port alone, as 9090, is on 127.0.0.1; off switches metrics off. By default --addr serves them to this machine only."`
	Rate         float64       `default:"5" env:"HALLWAY_RATE" help:"Messages a second of a user, with a burst of four times that; 0 is no limit."`
	ConnsPerUser int           `default:"20" env:"HALLWAY_CONNS_PER_USER" help:"Connections of a user; 0 is no limit."`
	Conns        int           `default:"20000" env:"HALLWAY_CONNS" help:"Connections of all users; 0 is as many as the limit of open files allows. A lower limit of open files lowers this as well."`
	Rooms        int           `default:"50000" env:"HALLWAY_ROOMS" help:"Rooms that are open at once."`
	Frames       int           `name:"frames-per-second" default:"100" env:"HALLWAY_FRAMES_PER_SECOND" help:"Frames a second of a connection, beside messages."`
	Handshakes   int           `name:"handshakes-per-second" default:"2000" env:"HALLWAY_HANDSHAKES_PER_SECOND" help:"New connections a second, with a burst of as many; 0 is no limit."`
	Retention    time.Duration `default:"0" env:"HALLWAY_RETENTION" help:"Time to keep messages, as 720h; older ones are deleted for good. A room's setting retention_s overrides it; 0 keeps them for ever."`
	Demo         bool          `help:"Serve the demo page at / and give tokens to anybody. On loopback addresses only."`
	LogLevel     string        `enum:"debug,info,warn,error" default:"info" env:"HALLWAY_LOG_LEVEL" help:"The lowest level to log: debug, info, warn or error."`
}

// failoverLossless is the value of --db-failover for a database whose failover loses no commit.
const failoverLossless = "lossless"

// checkDatabase checks the flags of the database.
func (s *serveCommand) checkDatabase() error {
	if s.Failover == failoverLossless && !s.isPostgres() {
		return errors.New("--db-failover is for postgres:// alone")
	}
	return s.dbFlag.check()
}

// Run runs a relay until a signal ends it.
func (s *serveCommand) Run() error {
	ctx, stop := system.UntilSignal()
	defer stop()
	system.IgnoreFileSizeLimit()
	system.SaveMemory()

	r, err := s.open(ctx)
	if err != nil {
		return err
	}
	if err := s.background(ctx, r); err != nil {
		return err
	}
	served := make(chan error, 2)
	go func() { served <- r.server.Serve(r.certificate.Listener(r.listener)) }()
	addr := r.listener.Addr().String()
	listening := []any{"addr", addr, "db", s.name(), "version", version}
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

// background starts the background work.
func (s *serveCommand) background(ctx context.Context, r *relay) error {
	go system.GiveBackMemory(ctx, r.engine.Conns)
	go logReindex(ctx, r.log, r.store.Reindexing)
	if r.files != nil {
		r.collecting.Go(func() { r.files.collector.Run(ctx) })
	}

	var watches []*reload.Watch
	for _, w := range []*reload.Watch{s.KeyFlags.Watch(r.keeper), r.certificate.Watch} {
		if w != nil {
			watches = append(watches, w)
		}
	}

	if r.certificate.Manage != nil {
		r.certificate.Manage(ctx, r.listener.Addr().(*net.TCPAddr))
	}
	hangups := system.Hangups()
	if s.JWKSURL == "" {
		go reload.Run(ctx, r.log, hangups, func() {}, watches...)
		return nil
	}
	poller, err := auth.NewKeyPoller(s.JWKSURL, s.JWKSMaxAge, r.keeper, r.log)
	if err != nil {
		return err
	}
	go reload.Run(ctx, r.log, hangups, poller.ReadNow, watches...)
	read := make(chan struct{})
	go poller.Run(ctx, read)
	<-read
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
