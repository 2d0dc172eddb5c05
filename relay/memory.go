package main

import (
	"context"
	"os"
	"runtime/debug"
	"time"
)

const (
	// gcPercent is how much garbage there may be to what is used. Most of a relay's
	// memory is small and lives for hours, so that to look through it is cheap.
	gcPercent = 50
	// lullEvery is how often the number of connections is looked at.
	lullEvery = 2 * time.Second
	// stormConns is by how many connections it must have moved, and stand still
	// again, for memory to be given back.
	stormConns = 500
)

// saveMemory sets the collector's pace, unless the environment does (GOGC).
func saveMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// giveBackMemory returns memory to the system after each storm of connections
// that came or went, until ctx ends. What a handshake needs is many times what a
// silent connection keeps, and left alone the collector would hold on to it for
// minutes.
func giveBackMemory(ctx context.Context, conns func() int) {
	tick := time.NewTicker(lullEvery)
	defer tick.Stop()
	var s storm
	for {
		select {
		case <-tick.C:
			if s.over(conns()) {
				debug.FreeOSMemory()
			}
		case <-ctx.Done():
			return
		}
	}
}

// A storm is many connections that come, or go, one after another.
type storm struct {
	settled int // connections when memory was given back last
	last    int
}

// over takes the number of connections now, and reports whether a storm has
// ended since the last look.
func (s *storm) over(conns int) bool {
	moved, still := abs(conns-s.settled), abs(conns-s.last)
	s.last = conns
	if moved < stormConns || still > stormConns/10 {
		return false
	}
	s.settled = conns
	return true
}

func abs(n int) int { return max(n, -n) }
