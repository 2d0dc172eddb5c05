package simulation

import (
	"fmt"
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/bus/memory"
	"hallway/relay/hub"
)

// checkEvery is the time after which the balancer notices that a relay is paused.
const checkEvery = 2 * time.Second

// cluster holds the relays of a world, the balancer in front of them, and the bus between them.
type cluster struct {
	w       *world
	relays  []*relay // the relay at each place; nil: none runs there
	started int      // the number of started relays so far
	turn    int      // the place that the balancer has chosen last
	network *memory.Network
	floor   map[string]int64 // by epoch: the highest rev told to anybody
	moved   time.Duration    // the time when a stream began or ended last
	quiet   time.Duration    // the end of the last pause, cut or partition
	small   bool             // new relays take small texts only
	refuses bool             // the relays refuse tokens
}

// several reports whether the world has more than one relay.
func (c *cluster) several() bool { return len(c.relays) > 1 }

// told records that a client is told of a rev.
func (c *cluster) told(epoch string, rev int64) { c.floor[epoch] = max(c.floor[epoch], rev) }

// balance returns the relay that gets the next connection or request: the next healthy one, or else the next that runs, or nil if
// none runs.
func (c *cluster) balance() *relay {
	w := c.w
	var found *relay
	for range c.relays {
		c.turn = (c.turn + 1) % len(c.relays)
		r := c.relays[c.turn]
		switch {
		case r == nil:
		case !r.draining && (w.now >= r.paused || w.now < r.pausedAt+checkEvery):
			return r
		case found == nil:
			found = r
		}
	}
	return found
}

// running returns a random running relay, or nil.
func (c *cluster) running() *relay {
	w := c.w
	all := slices.DeleteFunc(slices.Clone(c.relays), func(r *relay) bool { return r == nil })
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all[w.rnd.IntN(len(all))]
}

// start starts a relay at each place where none runs.
func (c *cluster) start() {
	for place := range c.relays {
		c.startAt(place)
	}
}

// startAt starts a relay at a place where none runs.
func (c *cluster) startAt(place int) {
	w := c.w
	if c.relays[place] != nil {
		return
	}
	c.started++
	r := &relay{w: w, place: place, name: fmt.Sprint("relay.", c.started), up: true, fills: map[string][]func(){}, groups: map[string]*group{}}
	r.cfg = hub.Config{
		Server:      "hallway/simulation",
		HeartbeatMs: w.weather.heartbeat.Milliseconds(),
		TimeoutMs:   w.weather.heartbeat.Milliseconds() / 2,
		Verifier:    r,
		GrantsOf:    func(entries []bus.Grant) hub.Grants { return everywhere{entries[0].Role} },
	}
	if w.sealed.on {
		r.cfg.Features = append(r.cfg.Features, protocol.FeatureE2EE)
	}
	if w.weather.on[rates] {
		r.cfg.Rate = ratePerSecond
	}
	if !w.weather.plain {
		r.cfg.Features = append(r.cfg.Features, protocol.FeaturePinned)
	}
	if w.weather.strikes(tooManyConns, 0.7) {
		r.cfg.ConnsPerUser = 1 + w.rnd.IntN(2)
	}
	if c.small {
		r.cfg.Limits = protocol.Limits{TextBytes: 60, FrameBytes: 60*6 + 8192}
		if w.oneIn(2) {
			r.cfg.Limits.FrameBytes = 400 // the transport refuses larger frames before the hub sees them
		}
	}
	if w.weather.strikes(clocks, 0.5) {
		r.skew = w.around(4 * time.Second)
	}
	r.cfg = r.cfg.WithDefaults()
	if w.weather.files {
		r.cfg.Features = append(r.cfg.Features, protocol.FeatureFiles)
		r.cfg.Limits.FileBytes, r.cfg.Limits.MessageFiles = fileBytesMax, messageFilesMax
	}
	r.hub = hub.New(r.cfg, r, r)
	if c.several() {
		r.share()
	}
	c.relays[place] = r
	w.note(r.name, "started")
	r.tick()
}

// online returns the number of users in each room, over all relays.
func (c *cluster) online() map[string]int64 {
	users, counts := map[[2]string]bool{}, map[string]int64{}
	for _, r := range c.relays {
		if r == nil {
			continue
		}
		for room, g := range r.groups {
			for _, l := range g.links {
				if key := [2]string{room, l.p.dev.user}; !users[key] {
					users[key] = true
					counts[room]++
				}
			}
		}
	}
	return counts
}

// pause stops the process for a while. Events that arrive meanwhile wait.
func (r *relay) pause(d time.Duration) {
	if r.w.now < r.paused {
		return
	}
	r.w.note(r.name, "paused for %v", d)
	// The extra nanosecond lets the waiting events run before the events of that time.
	r.pausedAt, r.paused = r.w.now, r.w.now+d+1
	r.w.cluster.quiet = max(r.w.cluster.quiet, r.paused)
}

// do calls a function on this process: now, or after its pause, or never if the process has ended.
func (r *relay) do(f func()) {
	switch {
	case !r.up:
	case r.w.now < r.paused:
		r.w.queue.push(r.paused, func() { r.do(f) })
	default:
		f()
		r.arm()
	}
}
