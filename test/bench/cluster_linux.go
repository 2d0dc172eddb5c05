package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"hallway/test/servers"
)

const (
	// clusterRelays is the number of relays that are measured beside one.
	clusterRelays = 3
	// hotDepth and manyDepth are the numbers of messages that a publisher keeps on their way: in the hot room, and in one of many rooms.
	hotDepth, manyDepth = 32, 4
)

// backing holds the servers that the relays of a cluster share.
type backing struct {
	servers.Test
	database *servers.Cluster
	nats     *servers.Server
}

// flags returns the flags for relays on a new database that exchange news over the NATS server at an address.
func (b *backing) flags(nats string) []string {
	return []string{"--db", b.database.Database(b), "--nats", "nats://" + nats}
}

// clustered returns a bench of relays on PostgreSQL and NATS. All servers share a core, so three relays cannot be faster than one:
// such a bench shows the cost of the database's locks and of the news over NATS.
func clustered(run func(*suite, *loop, *backing) error) func(*suite) error {
	return func(s *suite) error {
		return servers.Outside(func(t servers.Test) error {
			l, err := newLoop()
			if err != nil {
				return err
			}
			defer l.close()
			b := &backing{Test: t}
			if err := onServerCore(func() { b.database, b.nats = servers.NewCluster(t), servers.NATS(t) }); err != nil {
				return err
			}
			return run(s, l, b)
		})
	}
}

// onServerCore starts servers on the core of the servers.
func onServerCore(start func()) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := onCore(0, serverCore); err != nil {
		return err
	}
	defer func() { _ = onCore(0, loadCore) }() // cannot fail: this thread was on that core before
	start()
	return nil
}

// A fleet is some relays on one database, with clients on each.
type fleet struct {
	*loop
	relays []*server
}

// fleet starts relays with the same flags.
func (s *suite) fleet(l *loop, relays int, flags []string) (*fleet, error) {
	f := &fleet{loop: l}
	for range relays {
		v, err := s.serve(l, "relay", func(addr string) (*process, error) {
			return startProcess([]string{"HALLWAY_JWT_SECRET=" + secret}, s.program, append([]string{
				"serve", "--addr", addr, "--rate", "0", "--conns-per-user", "0", "--log-level", "error",
			}, flags...)...)
		})
		if err != nil {
			f.end()
			return nil, err
		}
		f.relays = append(f.relays, v)
	}
	return f, nil
}

func (f *fleet) end() {
	for _, v := range f.relays {
		v.end()
	}
}

// fill adds clients to a room, at each relay in turn, and returns them when they are live.
func (f *fleet) fill(r *room, n int) ([]*client, error) {
	clients := make([]*client, n)
	for i := range clients {
		var err error
		if clients[i], err = f.relays[i%len(f.relays)].add(r); err != nil {
			return nil, err
		}
	}
	for _, v := range f.relays {
		if err := v.connect(); err != nil {
			return nil, err
		}
	}
	return clients, nil
}

// echoes returns the number of messages that have come back durable to their senders.
func (f *fleet) echoes() (n int) {
	for _, v := range f.relays {
		n += v.echoes
	}
	return n
}

// pour lets clients keep depth messages each on their way and returns the rate of echoes. Then it stops them and checks everything.
func (f *fleet) pour(senders []*client, depth int, warm, d time.Duration) (rate float64, err error) {
	for _, c := range senders {
		c.closedLoop, c.depth = true, depth
		for range depth {
			c.next()
		}
	}
	if err := f.runFor(warm); err != nil {
		return 0, err
	}
	before, began := f.echoes(), time.Now()
	if err := f.runAtLeast(d, func() bool { return f.echoes() > before }); err != nil {
		return 0, err
	}
	rate = float64(f.echoes()-before) / time.Since(began).Seconds()
	return rate, f.settle()
}

// settle stops the senders, waits until every send has come back, and checks everything.
func (f *fleet) settle() error {
	var all []*client
	for _, v := range f.relays {
		all = append(all, v.clients...)
	}
	for _, c := range all {
		c.closedLoop = false
	}
	if err := f.run(settleLimit, func() bool {
		return !slices.ContainsFunc(all, func(c *client) bool { return len(c.outbox) > 0 })
	}); err != nil {
		return fmt.Errorf("not every send has come back: %w", err)
	}
	for _, v := range f.relays {
		if err := v.settle(); err != nil {
			return err
		}
	}
	return nil
}

// side is one relay or several, under the load of the rates.
type side struct {
	*fleet
	hot, many         []*client // in one room, and in many
	hotRate, manyRate float64
}

// newSide starts relays on a new database, and connects the clients of both loads.
func (s *suite) newSide(l *loop, b *backing, relays int) (f *side, err error) {
	s.progress.step("cluster: clients connect to %d relays", relays)
	f = &side{}
	if f.fleet, err = s.fleet(l, relays, b.flags(b.nats.Addr)); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			f.end()
		}
	}()
	if f.hot, err = f.fill(newRoom(l, "bench-hot"), s.hot); err != nil {
		return nil, err
	}
	for n := range s.rooms {
		clients, err := f.fill(newRoom(l, fmt.Sprint("bench-", n)), clusterRelays)
		if err != nil {
			return nil, err
		}
		f.many = append(f.many, clients...)
	}
	return f, nil
}

// turn measures both loads once, and adds them to the side's rates.
func (f *side) turn(s *suite) error {
	hot, err := f.pour(f.hot, hotDepth, s.warm/2, s.slice)
	if err != nil {
		return err
	}
	many, err := f.pour(f.many, manyDepth, s.warm/2, s.slice)
	if err != nil {
		return err
	}
	f.hotRate, f.manyRate = f.hotRate+hot/float64(s.slices), f.manyRate+many/float64(s.slices)
	return nil
}

// clusterRates measures one relay and three relays in turns, in one hot room and in many rooms.
func (s *suite) clusterRates(l *loop, b *backing) error {
	one, err := s.newSide(l, b, 1)
	if err != nil {
		return err
	}
	defer one.end()
	three, err := s.newSide(l, b, clusterRelays)
	if err != nil {
		return err
	}
	defer three.end()
	var raw float64
	for turn := range s.slices {
		rate, err := fdatasyncs(s.folder, false, s.slice/3)
		if err != nil {
			return err
		}
		raw += rate / float64(s.slices)
		for _, f := range []*side{one, three} {
			s.progress.step("cluster: %d relays, turn %d of %d", len(f.relays), turn+1, s.slices)
			if err := f.turn(s); err != nil {
				return err
			}
		}
	}
	hot := fmt.Sprintf("%d relays, one room, %d publishers: durable echoes", clusterRelays, s.hot)
	s.add(row{What: hot, Figure: three.hotRate, Unit: "messages/s", Limit: one.hotRate, LimitWhat: "one relay", Target: 0.35, OfLimit: true})
	s.add(row{What: hot, Figure: three.hotRate, Unit: "messages/s", Limit: raw, LimitWhat: "fdatasync of 8 KiB at one place", Target: 0.5, OfLimit: true})
	s.add(row{
		What:   fmt.Sprintf("%d relays, %d rooms of %d publishers: durable echoes", clusterRelays, s.rooms, clusterRelays),
		Figure: three.manyRate, Unit: "messages/s", Limit: one.manyRate, LimitWhat: "one relay", Target: 0.6, OfLimit: true,
	})
	return nil
}

// sendLightly lets a client send 20 messages a second for a time. The clients of each relay measure when the messages arrive.
func (f *fleet) sendLightly(c *client, d time.Duration) error {
	for _, v := range f.relays {
		v.timing = true
	}
	sending := true
	f.loop.every(lightEvery, func() bool {
		if sending {
			c.next()
		}
		return sending
	})
	err := f.loop.runFor(d)
	sending = false
	return err
}

// clusterLight measures, at light load, how much later a message arrives at clients of other relays than at clients of the sender's relay.
func (s *suite) clusterLight(l *loop, b *backing) error {
	f, err := s.fleet(l, clusterRelays, b.flags(b.nats.Addr))
	if err != nil {
		return err
	}
	defer f.end()
	clients, err := f.fill(newRoom(l, "bench-light"), s.hot)
	if err != nil {
		return err
	}
	s.progress.step("cluster: 20 messages a second")
	if err := f.sendLightly(clients[0], time.Duration(2*s.slices)*s.slice); err != nil {
		return err
	}
	if err := f.settle(); err != nil {
		return err
	}
	var others []time.Duration
	for _, v := range f.relays[1:] {
		others = append(others, v.latencies...)
	}
	own := f.relays[0].latencies
	s.add(row{
		What:   fmt.Sprintf("%d relays, light load: p99 from send to delivery at the other relays", clusterRelays),
		Figure: milliseconds(percentile(others, 0.99)), Unit: "ms",
		Limit: milliseconds(percentile(slices.Clone(own), 0.99)), LimitWhat: "at the sender's relay", Target: 1.5, OfLimit: true, AtMost: true,
		Note: fmt.Sprintf("p50 %s ms, at the sender's relay %s ms", short(milliseconds(percentile(others, 0.5))), short(milliseconds(percentile(own, 0.5)))),
	})
	return nil
}

// balanced starts a balancer before the relays.
func (f *fleet) balanced(l *loop, b *backing) (*target, error) {
	var addrs []string
	for _, v := range f.relays {
		addrs = append(addrs, v.addr)
	}
	var balancer *servers.Server
	if err := onServerCore(func() { balancer = servers.HAProxy(b, addrs) }); err != nil {
		return nil, err
	}
	return newTarget(l, balancer.Addr)
}

// clusterKill kills one of the relays behind a balancer, under clients that come back to the others by the protocol's backoff,
// while some go on writing.
func (s *suite) clusterKill(l *loop, b *backing) error {
	n := s.restart
	f, err := s.fleet(l, clusterRelays, b.flags(b.nats.Addr))
	if err != nil {
		return err
	}
	defer f.end()
	v, err := f.balanced(l, b)
	if err != nil {
		return err
	}
	defer v.leave()
	r := newRoom(l, "bench-kill")
	s.progress.step("cluster: %d clients connect to the balancer", n)
	if err := v.fill(r, n); err != nil {
		return err
	}
	sending, next, senders := true, 0, v.senders(s.senders)
	l.every(restartEvery, func() bool {
		if sending {
			senders[next%len(senders)].next()
			next++
		}
		return sending
	})
	if err := l.runFor(2 * time.Second); err != nil {
		return err
	}
	s.progress.step("cluster: one of %d relays is killed under %d clients", clusterRelays, n)
	f.relays[0].process.kill()
	began := time.Now()
	err = v.run(restartLimit, func() bool {
		ended := 0
		for _, count := range v.ends {
			ended += count
		}
		return ended >= n/clusterRelays && v.live == n
	})
	took := time.Since(began)
	sending = false
	if err == nil {
		err = v.settle()
	}
	if err != nil {
		return fmt.Errorf("%d of %d clients are live again: %w (%s; %s)", v.live, n, err, v.absent(), v.troubles())
	}
	s.add(row{
		What:   fmt.Sprintf("one of %d relays killed under %d clients: all live again, nothing lost or doubled", clusterRelays, n),
		Figure: took.Seconds(), Unit: "s", Target: 10, AtMost: true, Note: v.troubles(),
	})
	return nil
}
