package memory

import (
	"time"

	"hallway/relay/bus"
)

// Random is a source of random numbers.
type Random interface {
	// Int64N returns a number from 0 to below n.
	Int64N(n int64) int64
}

// Faults holds the fault rates of a network. The zero value is a network that delivers everything at once.
type Faults struct {
	Delay time.Duration // the longest delay of a message, or of a subscription

	// For a thousand messages to a relay, the numbers that are lost, doubled, overtake others, or seem to be of another
	// version.
	Lost, Doubled, Overtaking, Foreign int64
}

// Network connects relays. It has no goroutine and no lock: one goroutine calls it and its members.
type Network struct {
	// Faults may be changed at any time.
	Faults Faults

	random  Random
	later   func(time.Duration, func())
	members []*Member
	parted  map[[2]*Member]bool
}

// New returns a network without faults. It calls later for each future event: when the duration is over, the owner
// calls the function, and never before later has returned.
func New(random Random, later func(d time.Duration, do func())) *Network {
	return &Network{random: random, later: later, parted: map[[2]*Member]bool{}}
}

// Join connects a relay of a cluster.
func (n *Network) Join(cluster string, id bus.RelayID, listener bus.Listener) *Member {
	m := &Member{
		network: n, cluster: cluster, id: id, listener: listener,
		connected: true, rooms: map[string]*subscription{}, lines: map[*Member]*[2]line{},
	}
	n.members = append(n.members, m)
	return m
}

// Part cuts the connection between two relays; messages under way still arrive.
func (n *Network) Part(a, b *Member) {
	n.parted[[2]*Member{a, b}], n.parted[[2]*Member{b, a}] = true, true
}

// Heal ends all partitions.
func (n *Network) Heal() { clear(n.parted) }

// happens reports whether an event of that probability happens, in thousandths.
func (n *Network) happens(perMille int64) bool {
	return perMille > 0 && n.random.Int64N(1000) < perMille
}

// delay returns the random delay of a message.
func (n *Network) delay() time.Duration {
	if n.Faults.Delay <= 0 {
		return 0
	}
	return time.Duration(n.random.Int64N(int64(n.Faults.Delay/time.Microsecond)+1)) * time.Microsecond
}
