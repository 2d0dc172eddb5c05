package simulation

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// clock holds the virtual time of a world, its tasks, its randomness and its trace. All parts of a world share it, and run on one thread.
type clock struct {
	rnd   *rand.Rand
	now   time.Duration // the virtual time since start
	queue queue
	trace io.Writer // nil: no trace

	second, steps int // the current second and the number of its tasks so far, to find loops
}

// start is the virtual time at which every world begins.
var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// stepsMax bounds the tasks of a virtual second. More tasks mean a loop.
const stepsMax = 20_000

// errBroken is the error of a run with a broken check.
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

// in calls a function after a time.
func (c *clock) in(d time.Duration, do func()) { c.queue.push(c.now+d, do) }

// run runs all tasks of a span of virtual time.
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

// around returns a random time from -d to d, in whole microseconds.
func (c *clock) around(d time.Duration) time.Duration { return c.upTo(2*d) - d }

// oneIn returns true with the probability 1/n.
func (c *clock) oneIn(n int) bool { return c.rnd.IntN(n) == 0 }
