package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"

	"hallway/relay/bus"
	"hallway/relay/bus/nats"
	"hallway/relay/engine"
)

// cluster connects the relay to the others on its database; it returns nil for a database with one relay. On PostgreSQL
// there may always be others, at least while a deployment replaces one relay by the next.
func (s *serveCommand) cluster(ctx context.Context, r *relay) (*engine.Cluster, error) {
	shared, ok := r.store.(engine.Shared)
	if !ok {
		return nil, nil
	}
	if len(s.NATS) == 0 {
		r.log.Info("no --nats: changes of other relays on this database come within half a second")
		return &engine.Cluster{Shared: shared, Join: func(bus.Listener) bus.Bus { return noBus{} }}, nil
	}
	id, err := shared.Cluster(ctx)
	if err != nil {
		return nil, err
	}
	var random [8]byte
	_, _ = rand.Read(random[:]) // it never fails
	if r.bus, err = nats.Open(s.busConfig(), id, bus.RelayID(binary.BigEndian.Uint64(random[:])), r.log); err != nil {
		return nil, err
	}
	return &engine.Cluster{Shared: shared, Join: r.bus.Join}, nil
}

// busUp returns a function that reports whether the bus is up; nil if the relay has no bus.
func (r *relay) busUp() func() bool {
	if r.bus == nil {
		return nil
	}
	return func() bool { return r.bus.Stats().Connected }
}

// noBus is the bus of a relay without --nats. It is always down, so the relay reads the heads of its rooms often.
type noBus struct{}

func (noBus) Listen(string)    {}
func (noBus) Unlisten(string)  {}
func (noBus) Tell(bus.News)    {}
func (noBus) Stats() bus.Stats { return bus.Stats{} }
