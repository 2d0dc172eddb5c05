package simulation

import (
	"strings"
	"time"

	"hallway/relay/bus/memory"
)

// fault is a kind of failure.
type fault uint8

// The faults. Some strike at random times (strike.go); the code at the place of the others asks whether they strike.
const (
	cuts            fault = iota // connections end
	halfOpens                    // one direction of a connection dies in silence
	stalls                       // a reader is slow: 4409
	delays                       // some frames and requests take seconds
	httpFails                    // history answers 503, 401, 429 or nothing
	httpLosses                   // the answer of history never comes, or half a minute late
	kills                        // the relay dies at any instant
	deploys                      // the relay drains, all connections end, and a new relay starts
	restores                     // an older database replaces the relay's
	storeFails                   // a commit fails, with nothing stored
	resultsLost                  // a commit fails although everything is stored
	clocks                       // device clocks are wrong, the relay's clock jumps
	freezes                      // devices sleep for a minute
	throttles                    // timers of hidden tabs come late
	tabKills                     // tabs die between any two effects
	tabCloses                    // tabs are closed and opened
	diskFails                    // the device's storage is full for a while
	diskMissing                  // the device has no storage
	noLocks                      // the browser has neither locks nor a bus
	tokensEnd                    // tokens live for seconds
	tokensFail                   // the host gives no tokens for a while
	tokensRefused                // the relay refuses good tokens for a while
	rates                        // the relay limits each user's rate
	tooManyConns                 // the relay limits each user's connections
	limitsShrink                 // a new relay takes smaller texts only
	networksGo                   // a device has no network for a while
	edits                        // messages change, and the stream does not tell it
	smallPages                   // the relay gives fewer messages than asked for
	disabledOffline              // some pages close the composer while not connected
	faultCount

	// The faults of several relays.

	newsLost     fault = iota - 1 // news on the bus are lost
	newsLate                      // news take seconds
	newsDoubled                   // news come twice
	newsOvertake                  // news overtake earlier ones
	newsForeign                   // news seem to be of another version
	partitions                    // two relays get no news from each other
	busCuts                       // a relay is disconnected from the bus for a while
	pauses                        // a relay does nothing for a while
	readsFail                     // the database does not answer a question
	promotions                    // the database loses its last changes, and the relays continue
	clusterFaultCount
)

var faultNames = [clusterFaultCount]string{
	"cuts", "halfOpens", "stalls", "delays", "httpFails", "httpLosses", "kills", "deploys", "restores", "storeFails",
	"resultsLost", "clocks", "freezes", "throttles", "tabKills", "tabCloses", "diskFails", "diskMissing", "noLocks",
	"tokensEnd", "tokensFail", "tokensRefused", "rates", "tooManyConns", "limitsShrink", "networksGo", "edits",
	"smallPages", "disabledOffline",

	"newsLost", "newsLate", "newsDoubled", "newsOvertake", "newsForeign", "partitions", "busCuts", "pauses", "readsFail", "promotions",
}

// In one of slowOneIn seeds the rooms are in slow mode, with slowModeS seconds between two messages of a participant.
// The seed's number decides it, so that all other seeds run as they did before there was slow mode.
const (
	slowOneIn = 7
	slowModeS = int64(1)
)

// weather holds the conditions of a seed.
type weather struct {
	c    *clock
	calm bool // the faults have ended

	kinds     fault // the number of faults that the world may have
	on        [clusterFaultCount]bool
	latency   time.Duration // the longest time of a frame or a request, without the fault delays
	commit    time.Duration // the longest time of a commit
	storm     time.Duration // the time with faults
	pace      time.Duration // the longest time between two acts of people, or two faults
	history   int           // messages from before the run
	restless  bool          // people scroll a lot
	plain     bool          // the relay has no list of pinned messages
	files     bool          // people send files
	slow      bool          // the rooms are in slow mode
	deadly    float64       // the probability that a tab dies before an effect
	heartbeat time.Duration
}

// draw draws the weather of a world with one relay or several.
func (x *weather) draw(several bool) {
	if x.kinds = faultCount; several {
		x.kinds = clusterFaultCount
	}
	on, rnd := x.on[:x.kinds], x.c.rnd
	switch rnd.IntN(4) {
	case 0: // faults of one kind
		on[rnd.IntN(len(on))] = true
	case 1: // faults of a few kinds
		for range 4 {
			on[rnd.IntN(len(on))] = true
		}
	default:
		p := 0.15 + 0.6*rnd.Float64()
		for f := range on {
			on[f] = rnd.Float64() < p
		}
	}
	pick := func(of ...int) int { return of[rnd.IntN(len(of))] }
	x.latency = time.Duration(pick(2, 20, 80, 300)) * time.Millisecond
	x.commit = time.Duration(pick(1, 10, 100, 500)) * time.Millisecond
	x.storm = time.Duration(10+rnd.IntN(50)) * time.Second
	x.pace = time.Duration(pick(500, 1000, 2000, 4000)) * time.Millisecond
	x.history = pick(0, 0, 0, 3, 20, 60, 60, 120, 130)
	if rnd.IntN(400) == 0 {
		x.history = 2200 // more than a chat keeps
		on[smallPages] = false
	}
	x.deadly = []float64{0.001, 0.003, 0.01}[rnd.IntN(3)]
	x.restless = rnd.IntN(4) == 0
	x.plain = rnd.IntN(8) == 0
	x.heartbeat = time.Duration(pick(2, 10, 10)) * time.Second
}

// strikes returns true with a probability, if the seed has the fault.
func (x *weather) strikes(f fault, p float64) bool {
	return !x.calm && x.on[f] && x.c.rnd.Float64() < p
}

// String returns the names of the faults.
func (x *weather) String() string {
	var names []string
	for f, on := range x.on {
		if on {
			names = append(names, faultNames[f])
		}
	}
	return strings.Join(names, " ")
}

// forgets reports whether an older database may replace the current one.
func (x *weather) forgets() bool { return x.on[restores] || x.on[promotions] }

// delay returns the time of a frame or a request on its way.
func (x *weather) delay() time.Duration {
	d := time.Millisecond + x.c.upTo(x.latency)
	if x.strikes(delays, 0.02) {
		d += x.c.upTo(8 * time.Second)
	}
	return d
}

// ofNews returns the faults of the relays' bus.
func (x *weather) ofNews() memory.Faults {
	f := memory.Faults{Delay: x.latency / 4}
	if x.calm {
		return f
	}
	on := &x.on
	if on[newsLate] {
		f.Delay = newsLateMax
	}
	if on[newsLost] {
		f.Lost = 100
	}
	if on[newsDoubled] {
		f.Doubled = 100
	}
	if on[newsOvertake] {
		f.Overtaking = 200
	}
	if on[newsForeign] {
		f.Foreign = 100
	}
	return f
}
