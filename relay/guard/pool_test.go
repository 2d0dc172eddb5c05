package guard

import (
	"testing"
	"testing/synctest"
	"time"
)

// system is the clock of a synctest bubble.
var system = Clock{time.Now, time.Sleep, time.AfterFunc}

// TestRequestsYieldToConnections checks that requests take a share of the time while connections are busy, and all of it otherwise.
func TestRequestsYieldToConnections(t *testing.T) {
	for name, c := range map[string]struct {
		busy           bool
		work, from, to time.Duration // until the next request is served
	}{
		"idle":         {false, time.Second, 0, 0},
		"busy":         {true, time.Millisecond, time.Millisecond / 10, 2*time.Millisecond + pauseStep},
		"busy, longer": {true, time.Minute, pauseMax, pauseMax + pauseStep},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pool := NewPool(system, func() bool { return c.busy }, SlotsPerProcessor, QueueLimits{})
				since := pool.Acquire(Caller{})
				time.Sleep(c.work)
				pool.Release(since)
				began := time.Now()
				pool.Release(pool.Acquire(Caller{}))
				if waited := time.Since(began); waited < c.from || waited > c.to {
					t.Errorf("the next waits for %v, want %v to %v", waited, c.from, c.to)
				}
			})
		})
	}
}

// TestTurnsAreBounded checks that a request without a slot waits until one is released, and no longer.
func TestTurnsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pool := NewPool(system, func() bool { return false }, SlotsPerProcessor, QueueLimits{})
		for range pool.free {
			pool.Acquire(Caller{})
		}
		got := false
		go func() {
			pool.Acquire(Caller{})
			got = true
		}()
		if synctest.Wait(); got {
			t.Fatal("more than there are places")
		}
		pool.Release(time.Now())
		if synctest.Wait(); !got {
			t.Fatal("the place that was given back is nobody's")
		}
	})
}
