package simulation

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// clock is the one thread of a world: its virtual time, its tasks, its randomness and its trace. All parts of a world share it.
type clock struct {
	rnd   *rand.Rand
	now   time.Duration // since start
	queue queue
	trace io.Writer // nil: no trace

	second, steps int // the current second and its tasks so far, to find loops
}

// start is the virtual time at which every world begins.
var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// stepsMax bounds the tasks of a virtual second: more is a loop.
const stepsMax = 20_000

// errBroken carries the first broken check out of a run.
var errBroken = errors.New("broken")

// fail ends the run with a broken check.
func (c *clock) fail(format string, args ...any) {
	panic(fmt.Errorf("%w: %s", errBroken, fmt.Sprintf(format, args...)))
}

// note writes a line of the trace.
func (c *clock) note(actor, format string, args ...any) {
	if c.trace != nil {
		_, _ = fmt.Fprintf(c.trace, "%10.3f %-10s %s\n", c.now.Seconds(), actor, fmt.Sprintf(format, args...))
	}
}

// in calls a function later.
func (c *clock) in(d time.Duration, do func()) { c.queue.push(c.now+d, do) }

// run lets time pass.
func (c *clock) run(d time.Duration) {
	end := c.now + d
	for len(c.queue.tasks) > 0 && c.queue.tasks[0].at <= end {
		t := c.queue.pop()
		c.now = t.at
		if s := int(c.now / time.Second); s != c.second {
			c.second, c.steps = s, 0
		}
		if c.steps++; c.steps > stepsMax {
			c.fail("more than %d steps in a second: a loop", stepsMax)
		}
		t.do()
	}
	c.now = end
}

// upTo returns a random time up to d, in whole microseconds.
func (c *clock) upTo(d time.Duration) time.Duration {
	return time.Duration(c.rnd.Int64N(int64(d/time.Microsecond)+1)) * time.Microsecond
}

// oneIn returns true once in n times, by chance.
func (c *clock) oneIn(n int) bool { return c.rnd.IntN(n) == 0 }
