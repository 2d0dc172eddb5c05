package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"hallway/examples/demo"
	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/bus/nats"
	"hallway/relay/certificate"
	"hallway/relay/engine"
	"hallway/relay/hub"
	"hallway/relay/rules"
	"hallway/relay/server"
)

// relay holds the parts of a running relay.
type relay struct {
	log         *slog.Logger
	keeper      *auth.Keeper
	certificate certificate.Source
	listener    net.Listener
	store       database
	bus         *nats.Bus    // nil: none
	files       *attachments // nil: files are off
	engine      *engine.Engine
	server      *server.Server
	scrapes     net.Listener // nil: the metrics have no separate address
	metrics     *server.MetricsServer

	collecting sync.WaitGroup // the collector of files, which ends with the signal
}

// open checks the flags and builds a relay that does not answer yet. After an error, the end of the process closes
// everything that was opened.
func (s *serveCommand) open(ctx context.Context) (*relay, error) {
	if err := s.checkFlags(); err != nil {
		return nil, err
	}
	o, err := s.serverOptions()
	if err != nil {
		return nil, err
	}
	r := &relay{log: newLogger(s.LogLevel)}
	o.Log = r.log
	addr, err := net.ResolveTCPAddr("tcp", s.Addr)
	if err != nil {
		return nil, fmt.Errorf("--addr: %w", err)
	}
	if r.certificate, err = s.TLS.Open(s.folder(), r.log); err != nil {
		return nil, err
	}
	if r.keeper, o.Demo, err = s.keeperAndDemo(addr); err != nil {
		return nil, err
	}
	if r.listener, err = listen("--addr", addr); err != nil {
		return nil, err
	}
	if r.scrapes, err = s.listenForScrapes(); err != nil {
		return nil, err
	}
	if r.store, err = s.dbFlag.open(ctx, s.Failover); err != nil {
		return nil, err
	}
	return r, s.build(ctx, r, &o)
}

// checkFlags refuses combinations of flags.
func (s *serveCommand) checkFlags() error {
	for _, check := range [...]func() error{s.checkLimits, s.checkDatabase, func() error { return s.checkBus(s.DB) }, s.checkFiles} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// serverOptions returns the options of the HTTP side from the flags.
func (s *serveCommand) serverOptions() (o server.Options, err error) {
	if o.Origins, o.Hosts, err = s.origins(); err != nil {
		return o, err
	}
	o.Addresses, o.Proxies, err = s.addresses()
	o.Domains, o.MetricsApart = s.TLS.Domain, s.MetricsAddr != ""
	return o, err
}

// build makes the files, the engine and the server of a relay whose store is open.
func (s *serveCommand) build(ctx context.Context, r *relay, o *server.Options) (err error) {
	o.Metrics = server.NewMetrics(version)
	if r.certificate.Ends != nil {
		o.Metrics.CertificateEnds(r.certificate.Ends)
	}
	o.Metrics.ReindexMessages(r.store.Reindexing)
	if r.files, err = s.openFiles(ctx, r.store, o.Metrics, r.log); err != nil {
		return err
	}
	if r.files != nil {
		o.Files = r.files.server
	}
	o.Admit = s.admission(r.log)
	gate := auth.NewGate(r.keeper, o.Addresses, o.Metrics.BadTokenLimited)
	if err := s.startEngine(ctx, r, o.Admit.Conns, gate, o.Metrics); err != nil {
		return err
	}
	o.Metrics.Engine(r.engine)
	if r.bus != nil {
		o.Metrics.Bus(r.bus.Stats)
	}
	o.Backend, o.History, o.Verifier, o.BusUp = r.engine, r.engine, gate, r.busUp()
	o.Directory, o.Moderation, o.Locks = r.store, r.store, r.store
	o.Secure = r.certificate.Config != nil
	r.metrics = server.NewMetricsServer(o.Metrics, r.log)
	r.server, err = server.New(*o)
	return err
}

// startEngine starts the engine over the relay's store, for a number of connections.
func (s *serveCommand) startEngine(ctx context.Context, r *relay, conns int, gate *auth.Gate, metrics *server.Metrics) error {
	known, err := engine.ReadKnown(ctx, r.store)
	if err != nil {
		return err
	}
	cluster, err := s.cluster(ctx, r)
	if err != nil {
		return err
	}
	features := []string{protocol.FeaturePinned, protocol.FeatureModeration, protocol.FeatureMentions, protocol.FeatureProfiles, protocol.FeatureE2EE}
	var limits protocol.Limits
	if r.files != nil {
		features = append(features, protocol.FeatureFiles)
		limits.FileBytes, limits.MessageFiles = protocol.FileBytesMax, protocol.MessageFilesMax
	}
	r.engine = engine.New(engine.Options{
		Hub: hub.Config{
			Server:       "hallway/" + version,
			Features:     features,
			Limits:       limits,
			Rate:         s.Rate,
			ConnsPerUser: s.ConnsPerUser,
			Rooms:        s.Rooms,
			Conns:        conns,
			Verifier:     gate,
			GrantsOf:     auth.RoomsOf,

			FramesPerSecond:     s.Frames,
			HandshakesPerSecond: s.Handshakes,
		},
		Store:   r.store,
		Cluster: cluster,
		Known:   known,
		Log:     r.log,
		Meter:   metrics,
	})
	r.store.Retain(rules.Retention{Default: s.Retention, Purged: r.engine.Purged})
	r.store.CarryErasures(r.engine.Erase)
	return nil
}

// keeperAndDemo returns the keeper of the relay's keys, and the demo with --demo.
func (s *serveCommand) keeperAndDemo(addr *net.TCPAddr) (*auth.Keeper, *server.Demo, error) {
	if !s.Demo {
		keeper, err := s.Keeper()
		return keeper, nil, err
	}
	// The demo gives a token to every caller.
	if !addr.IP.IsLoopback() {
		return nil, nil, fmt.Errorf("--demo is for loopback addresses only, such as 127.0.0.1:8080; --addr is %s", s.Addr)
	}
	keeper, err := s.KeeperForDemo()
	if err != nil {
		return nil, nil, err
	}
	files, err := demo.Files()
	return keeper, &server.Demo{Files: files, Keeper: keeper}, err
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

// drain ends the relay: it asks clients to go, stores their last ops and closes the database.
func (r *relay) drain() error {
	r.log.Info("draining")
	overdue := time.AfterFunc(drainTimeout, func() { fail(failure{errors.New("the drain took too long")}) })
	defer overdue.Stop()

	// Meanwhile the server still answers: /readyz says that the relay is draining.
	ctx, cancel := context.WithTimeout(context.Background(), hubDrainTimeout)
	defer cancel()
	err := r.engine.Drain(ctx)
	if r.bus != nil {
		r.bus.Close()
	}

	ctx, cancel = context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	// Idle connections may still be open then, and miss nothing.
	if late := errors.Join(r.server.Shutdown(ctx), r.metrics.Shutdown(ctx)); late != nil {
		r.log.Debug("connections were left when the server ended", "error", late)
	}
	r.collecting.Wait()
	if r.files != nil {
		err = errors.Join(err, r.files.Close())
	}
	if err = errors.Join(err, r.store.Close()); err != nil {
		return failure{fmt.Errorf("drain: %w", err)}
	}
	r.log.Info("stopped")
	return nil
}
