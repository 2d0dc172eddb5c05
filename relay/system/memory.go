package system

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
	// countEvery is the time between two counts of the connections.
	countEvery = 2 * time.Second
	// rushConns is the change in connections after which the relay returns memory, once their number is steady.
	rushConns = 500
)

// SaveMemory sets the collector's GOGC, unless the environment sets it.
func SaveMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// GiveBackMemory returns memory to the system after each rush of connections, until ctx ends. A handshake needs many
// times the memory of a silent connection, and the collector alone would keep that memory for minutes.
func GiveBackMemory(ctx context.Context, conns func() int) {
	tick := time.NewTicker(countEvery)
	defer tick.Stop()
	var r rush
	for {
		select {
		case <-tick.C:
			if r.over(conns()) {
				debug.FreeOSMemory()
			}
		case <-ctx.Done():
			return
		}
	}
}

// A rush is a large change in the number of connections.
type rush struct {
	settled int // connections when memory was last returned
	last    int // connections at the last count
}

// over takes the present number of connections, and reports whether a rush has ended since the last call.
func (r *rush) over(conns int) bool {
	moved, still := abs(conns-r.settled), abs(conns-r.last)
	r.last = conns
	if moved < rushConns || still > rushConns/10 {
		return false
	}
	r.settled = conns
	return true
}

func abs(n int) int { return max(n, -n) }
