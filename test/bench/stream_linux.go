package main

import (
	"fmt"
	"time"
)

// firstOf says which part of a crowd connects first and is not measured: one in firstOf clients.
const firstOf = 20

// crowdResult has the measures of a crowd on one server.
type crowdResult struct {
	kib  float64 // resident memory of an idle connection
	span span    // the work while a few clients send to all
	note string
}

// crowdBench holds as many clients as the limit of open files allows. It measures the memory of an idle client, and the rate at which
// all clients get the messages of a few. It connects more clients than two servers can hold at once, so it measures the bare server
// and the relay one after the other.
func (s *suite) crowdBench() error {
	n := min(s.crowd, s.files-filesSpare)
	bare, err := s.crowdOn(n, s.bare)
	if err != nil {
		return err
	}
	relay, err := s.crowdOn(n, func(l *loop) (*server, error) { return s.relay(l, "crowd") })
	if err != nil {
		return err
	}
	// The limit is measured before and after, because the machine's pace varies.
	again, err := s.crowdOn(n, s.bare)
	if err != nil {
		return err
	}
	bare.span = bare.span.plus(again.span)
	s.add(row{
		What:   fmt.Sprintf("resident memory an idle joined connection, %d of them", n),
		Figure: relay.kib, Unit: "KiB", Limit: bare.kib, LimitWhat: "bare", Target: 1.5, AtMost: true,
	})
	s.add(row{
		What:   fmt.Sprintf("room of %d, %d senders in closed loop", n, s.senders),
		Figure: relay.span.rate(), Unit: "deliveries/s", Limit: bare.span.rate(), LimitWhat: "bare",
		Target: 0.8, OfLimit: true, Note: relay.note + "; " + bare.note,
	})
	return nil
}

// crowdOn measures a crowd of n clients on the server that start starts.
func (s *suite) crowdOn(n int, start func(*loop) (*server, error)) (c crowdResult, err error) {
	l, err := newLoop()
	if err != nil {
		return c, err
	}
	defer l.close()
	v, err := start(l)
	if err != nil {
		return c, err
	}
	defer v.end()
	s.progress.step("crowd: %d clients connect to the %s", n, v.name)
	// The first clients make the server load its code and allocate the memory that it needs only once.
	first, room := n/firstOf, newRoom(l, "bench")
	if err := v.fill(room, first); err != nil {
		return c, err
	}
	before, err := v.process.residentBytes()
	if err != nil {
		return c, err
	}
	if err := v.fill(room, n-first); err != nil {
		return c, err
	}
	s.progress.step("crowd: %d clients are idle on the %s", n, v.name)
	if err := v.runFor(s.idle); err != nil {
		return c, err
	}
	after, err := v.process.residentBytes()
	if err != nil {
		return c, err
	}
	c.kib = (after - before) / 1024 / float64(n-first)
	s.progress.step("crowd: %d of %d clients of the %s send", s.senders, n, v.name)
	c.span, err = v.pour(v.senders(s.senders), s.warm, time.Duration(s.slices)*s.slice)
	c.note = v.notes(fmt.Sprintf("%s %s, slowest heartbeat %.0f ms", v.name, c.span.cores(), milliseconds(v.slowest)))
	return c, err
}

// roomBench measures senders that send as fast as the server answers.
func (s *suite) roomBench() error {
	pour := func(v *server) (span, error) { return v.pour(v.senders(s.senders), s.warm/2, s.slice) }
	return s.inTurns("room", fmt.Sprintf("%d senders", s.senders), pour, func(bare, relay *server, spans map[*server]span) {
		s.add(row{
			What:   fmt.Sprintf("room of %d, %d senders in closed loop", s.room, s.senders),
			Figure: spans[relay].rate(), Unit: "deliveries/s", Limit: spans[bare].rate(), LimitWhat: "bare",
			Target: 0.6, OfLimit: true,
			Note: relay.notes(fmt.Sprintf("relay %s; bare %s", spans[relay].cores(), spans[bare].cores())),
		})
	})
}

// lightEvery is the time between two messages at light load.
const lightEvery = 50 * time.Millisecond

// lightBench measures the delay and the cost of a message under a light load.
func (s *suite) lightBench() error {
	trickle := func(v *server) (span, error) { return v.trickle(v.senders(s.senders), 2*s.slice) }
	return s.inTurns("light", "20 messages a second", trickle, func(bare, relay *server, spans map[*server]span) {
		p99 := map[*server]float64{}
		p50 := map[*server]float64{}
		for _, v := range []*server{bare, relay} {
			p50[v] = milliseconds(percentile(v.latencies, 0.5))
			p99[v] = milliseconds(percentile(v.latencies, 0.99))
		}
		s.add(row{
			What:   fmt.Sprintf("light load, 20 messages/s to %d: p99 from send to delivery", s.room),
			Figure: p99[relay], Unit: "ms", Limit: p99[bare], LimitWhat: "bare", Target: 2, OfLimit: true, AtMost: true,
			Note: relay.notes(fmt.Sprintf("p50 %s ms (bare %s ms)", short(p50[relay]), short(p50[bare]))),
		})
		s.add(row{
			What:   "light load: the server's CPU a delivery",
			Figure: spans[relay].perDelivery(), Unit: "µs", Limit: spans[bare].perDelivery(), LimitWhat: "bare",
			Target: 1.3, OfLimit: true, AtMost: true,
		})
	})
}

// trickle sends a message each lightEvery for d, the senders in turn.
func (v *server) trickle(senders []*client, d time.Duration) (span, error) {
	sending, next := true, 0
	v.timing = true
	v.every(lightEvery, func() bool {
		if sending {
			senders[next%len(senders)].next()
			next++
		}
		return sending
	})
	m, err := v.measure(d)
	sending = false
	if err != nil {
		return m, err
	}
	err = v.settle()
	v.timing = false
	return m, err
}
