package main

import (
	"context"
	"os"
	"runtime/debug"
	"time"
)

const (
	// gcPercent is the collector's GOGC. Most of a relay's memory is small and lives for hours, so a collection is
	// cheap.
	gcPercent = 50
	// lullEvery is the time between two looks at the number of connections.
	lullEvery = 2 * time.Second
	// stormConns is the change in connections after which the relay gives memory back, once it has settled.
	stormConns = 500
)

// saveMemory sets the collector's pace, unless the environment does (GOGC).
func saveMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// giveBackMemory returns memory to the system after each storm of connections, until ctx ends. A handshake needs many
// times the memory of a silent connection, and the collector alone would keep it for minutes.
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

// A storm is a large change in the number of connections.
type storm struct {
	settled int // connections when memory was given back last
	last    int
}

// over takes the present number of connections, and reports whether a storm has ended since the last call.
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
