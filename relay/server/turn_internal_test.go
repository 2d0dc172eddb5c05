package server

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestTurnsGiveWay: while connections have to do, requests take a share of the time;
// else they take all of it.
func TestTurnsGiveWay(t *testing.T) {
	for name, c := range map[string]struct {
		busy           bool
		work, from, to time.Duration // until the next has its turn
	}{
		"idle":         {false, time.Second, 0, 0},
		"busy":         {true, time.Millisecond, time.Millisecond / 10, 2*time.Millisecond + turnPause},
		"busy, longer": {true, time.Minute, turnWaitMax, turnWaitMax + turnPause},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				turns := newTurns(func() bool { return c.busy }, turnsPerProcessor, lineLimits{})
				since := turns.take(asker{})
				time.Sleep(c.work)
				turns.give(since)
				began := time.Now()
				turns.give(turns.take(asker{}))
				if waited := time.Since(began); waited < c.from || waited > c.to {
					t.Errorf("the next waits for %v, want %v to %v", waited, c.from, c.to)
				}
			})
		})
	}
}

// TestTurnsAreBounded: who finds no place waits for one, not longer.
func TestTurnsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns(func() bool { return false }, turnsPerProcessor, lineLimits{})
		for range turns.free {
			turns.take(asker{})
		}
		got := false
		go func() {
			turns.take(asker{})
			got = true
		}()
		if synctest.Wait(); got {
			t.Fatal("more than there are places")
		}
		turns.give(time.Now())
		if synctest.Wait(); !got {
			t.Fatal("the place that was given back is nobody's")
		}
	})
}
