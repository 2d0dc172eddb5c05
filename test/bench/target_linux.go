package main

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"hallway/protocol"
	"hallway/relay/auth"
)

const (
	secret   = "a secret of the benchmark, 32 bytes or more"
	audience = "bench" // of tokens; the relay with public keys demands it
	tokenFor = time.Hour
	// opening is the number of clients that connect at once before a measurement.
	opening = 64
	// settleLimit bounds the time until all messages have arrived, after the senders have stopped.
	settleLimit = time.Minute
)

// A target is a server under load, with its clients and their counts.
type target struct {
	*loop
	addr     string
	sockaddr *unix.SockaddrInet4
	keeper   *auth.Keeper
	clients  []*client
	live     int  // clients that have caught up
	over     bool // clients do not come back after the end of their connection

	deliveries int
	echoes     int
	timing     bool // the target keeps latencies
	latencies  []time.Duration
	gaps       int
	refusals   int // sends that were refused with a retryable code
	fetches    int // pages of catch-ups

	failedFetches int
	missed        int            // heartbeats
	slowest       time.Duration  // answer to a heartbeat
	ends          map[string]int // connections and tries to connect, by their end
}

// newKeeper returns a keeper whose tokens every relay of the benchmark accepts.
func newKeeper() (*auth.Keeper, error) {
	k, err := auth.NewKeeper([]byte(secret))
	if err == nil {
		k.Demand(auth.Demands{Audience: audience})
	}
	return k, err
}

func newTarget(l *loop, addr string) (*target, error) {
	tcp, err := net.ResolveTCPAddr("tcp4", addr)
	if err != nil {
		return nil, err
	}
	keeper, err := newKeeper()
	if err != nil {
		return nil, err
	}
	t := &target{
		loop: l, addr: addr, keeper: keeper, ends: map[string]int{},
		sockaddr: &unix.SockaddrInet4{Port: tcp.Port, Addr: [4]byte(tcp.IP.To4())},
	}
	l.every(protocol.Heartbeat/sweeps, t.sweep())
	return t, nil
}

// sweep looks after one part of the clients.
func (t *target) sweep() func() bool {
	part := 0
	return func() bool {
		for i := part; i < len(t.clients); i += sweeps {
			t.clients[i].lookAfter(t.now)
		}
		part = (part + 1) % sweeps
		return !t.over
	}
}

// add returns a new client with a new user.
func (t *target) add(r *room) (*client, error) {
	n := len(t.clients) + 1
	token, err := t.keeper.Issue(auth.Claims{
		Sub: fmt.Sprintf("u_%d", n), Name: fmt.Sprintf("User %d", n), Role: protocol.RoleParticipant,
		Rooms: auth.Rooms{{Pattern: "bench*", Role: protocol.RoleParticipant}},
	}, time.Now().Add(tokenFor))
	if err != nil {
		return nil, err
	}
	c := &client{target: t, room: r, token: token}
	t.clients = append(t.clients, c)
	return c, nil
}

// fill adds n clients to a room, and returns when all of those are live.
func (t *target) fill(r *room, n int) error {
	for range n {
		if _, err := t.add(r); err != nil {
			return err
		}
	}
	return t.connect()
}

// connect connects all clients, a few at a time, and returns when they are live.
func (t *target) connect() error {
	next := t.live
	err := t.run(2*time.Minute, func() bool {
		for next < len(t.clients) && next-t.live < opening {
			t.clients[next].dial()
			next++
		}
		return t.live == len(t.clients)
	})
	if errors.Is(err, errTooLong) {
		return fmt.Errorf("%d of %d clients are live: %w (%s)", t.live, len(t.clients), err, t.troubles())
	}
	return err
}

// senders returns n clients, at even distances.
func (t *target) senders(n int) []*client {
	picked := make([]*client, n)
	for i := range picked {
		picked[i] = t.clients[i*len(t.clients)/n]
	}
	return picked
}

// settle waits until every send has come back and every client has all messages of its room, then checks that none is missing.
func (t *target) settle() error {
	for _, c := range t.clients {
		c.closedLoop = false
	}
	rooms := map[*room]bool{}
	for _, c := range t.clients {
		rooms[c.room] = true
	}
	check := time.Duration(0)
	err := t.run(settleLimit, func() bool {
		if t.now < check {
			return false
		}
		check = t.now + 10*time.Millisecond
		for _, c := range t.clients {
			if !c.live || len(c.outbox) > 0 || c.applied < c.room.head() {
				return false
			}
		}
		return true
	})
	if errors.Is(err, errTooLong) {
		return fmt.Errorf("lost: not every client has every message (%s)", t.troubles())
	}
	for r := range rooms {
		r.whole()
	}
	return errors.Join(err, t.err)
}

// leave closes all connections for good.
func (t *target) leave() {
	t.over = true
	for _, c := range t.clients {
		if c.socket != nil {
			c.socket.end(nil)
		}
	}
}

func (t *target) delivered(after time.Duration) {
	t.deliveries++
	if t.timing {
		t.latencies = append(t.latencies, after)
	}
}

func (t *target) heartbeat(after time.Duration) { t.slowest = max(t.slowest, after) }

func (t *target) end(err error) {
	if !t.over {
		t.ends[err.Error()]++
	}
}

// absent counts the clients that are not live, by what each waits for.
func (t *target) absent() string {
	counts := map[string]int{}
	for _, c := range t.clients {
		switch {
		case c.live:
		case c.socket == nil:
			counts["the next try"]++
		case c.socket.connecting:
			counts["a connection"]++
		case !c.upgraded:
			counts["the upgrade"]++
		case !c.joined:
			counts["joined"]++
		case c.fetching != nil && c.fetching.socket.closed:
			counts["the next try of a page"]++
		case c.fetching != nil:
			counts["a page"]++
		}
	}
	var all []string
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, fmt.Sprintf("%d wait for %s", counts[what], what))
	}
	return strings.Join(all, ", ")
}

// troubles lists the failures from which clients have recovered.
func (t *target) troubles() string {
	var all []byte
	add := func(n int, what string) {
		if n == 0 {
			return
		}
		if len(all) > 0 {
			all = append(all, ", "...)
		}
		all = fmt.Appendf(all, "%d %s", n, what)
	}
	for _, how := range slices.Sorted(maps.Keys(t.ends)) {
		add(t.ends[how], "connections ended: "+how)
	}
	add(t.gaps, "gaps healed")
	add(t.refusals, "sends refused for a while")
	add(t.failedFetches, "catch-ups tried again")
	add(t.missed, "heartbeats missed")
	return string(all)
}
