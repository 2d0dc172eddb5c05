package simulation

import (
	"strings"
	"time"
)

// fault is a kind of failure.
type fault uint8

// The faults. Some strike now and then (strike.go), the others at the place that asks for them.
const (
	cuts            fault = iota // connections end
	halfOpens                    // one direction of a connection dies in silence
	stalls                       // a reader is slow: 4409
	delays                       // some frames and requests take seconds
	httpFails                    // history answers 503, 401, 429 or nothing
	httpLosses                   // the answer of history never comes, or comes half a minute late
	kills                        // the relay dies at any instant
	deploys                      // the relay drains, all leave, a new one starts
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
	edits                        // messages change, and the stream does not say so
	smallPages                   // the relay gives fewer messages than asked for
	disabledOffline              // some pages close the composer while not connected
	faultCount

	// The faults of several relays.

	newsLost     fault = iota - 1 // news on the bus are lost
	newsLate                      // they take seconds
	newsDoubled                   // they come twice
	newsOvertake                  // they overtake others
	newsForeign                   // they seem to be of another version
	partitions                    // two relays do not hear each other
	busCuts                       // a relay is off the bus for a while
	pauses                        // a relay does nothing for a while
	readsFail                     // the database does not answer a question
	promotions                    // the database loses its last changes, and the relays go on
	clusterFaultCount
)

var faultNames = [clusterFaultCount]string{
	"cuts", "halfOpens", "stalls", "delays", "httpFails", "httpLosses", "kills", "deploys", "restores", "storeFails",
	"resultsLost", "clocks", "freezes", "throttles", "tabKills", "tabCloses", "diskFails", "diskMissing", "noLocks",
	"tokensEnd", "tokensFail", "tokensRefused", "rates", "tooManyConns", "limitsShrink", "networksGo", "edits",
	"smallPages", "disabledOffline",

	"newsLost", "newsLate", "newsDoubled", "newsOvertake", "newsForeign", "partitions", "busCuts", "pauses", "readsFail", "promotions",
}

// In one seed of slowOneIn the rooms are in slow mode, with slowModeS seconds between two messages of a participant.
// That is a matter of the seed's number, so that all other seeds stay as they were before there was slow mode.
const (
	slowOneIn = 7
	slowModeS = int64(1)
)

// weather holds the conditions of a seed.
type weather struct {
	on        [clusterFaultCount]bool
	latency   time.Duration // the longest of a frame or a request without delays
	commit    time.Duration // the longest of a commit
	storm     time.Duration // the time of faults
	pace      time.Duration // the longest time between two acts of people, or two faults
	history   int           // messages from before the run
	restless  bool          // people scroll a lot
	plain     bool          // the relay has no list of pinned messages
	files     bool          // people send files
	slow      bool          // the rooms are in slow mode
	deadly    float64       // the probability that a tab dies before an effect
	heartbeat time.Duration
}

// kinds returns the number of faults that the world may have.
func (w *world) kinds() fault {
	if w.several() {
		return clusterFaultCount
	}
	return faultCount
}

func (w *world) drawWeather() {
	on := w.weather.on[:w.kinds()]
	switch w.rnd.IntN(4) {
	case 0: // one kind only
		on[w.rnd.IntN(len(on))] = true
	case 1: // a few
		for range 4 {
			on[w.rnd.IntN(len(on))] = true
		}
	default:
		p := 0.15 + 0.6*w.rnd.Float64()
		for f := range on {
			on[f] = w.rnd.Float64() < p
		}
	}
	pick := func(of ...int) int { return of[w.rnd.IntN(len(of))] }
	w.weather.latency = time.Duration(pick(2, 20, 80, 300)) * time.Millisecond
	w.weather.commit = time.Duration(pick(1, 10, 100, 500)) * time.Millisecond
	w.weather.storm = time.Duration(10+w.rnd.IntN(50)) * time.Second
	w.weather.pace = time.Duration(pick(500, 1000, 2000, 4000)) * time.Millisecond
	w.weather.history = pick(0, 0, 0, 3, 20, 60, 60, 120, 130)
	if w.rnd.IntN(400) == 0 {
		w.weather.history = 2200 // more than a chat keeps
		on[smallPages] = false
	}
	w.weather.deadly = []float64{0.001, 0.003, 0.01}[w.rnd.IntN(3)]
	w.weather.restless = w.rnd.IntN(4) == 0
	w.weather.plain = w.rnd.IntN(8) == 0
	w.weather.heartbeat = time.Duration(pick(2, 10, 10)) * time.Second
}

// strikes returns true with that probability, if the seed has this fault.
func (w *world) strikes(f fault, p float64) bool {
	return !w.calm && w.weather.on[f] && w.rnd.Float64() < p
}

func (w weather) String() string {
	var names []string
	for f, on := range w.on {
		if on {
			names = append(names, faultNames[f])
		}
	}
	return strings.Join(names, " ")
}
