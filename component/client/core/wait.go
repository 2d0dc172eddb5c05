package core

import (
	"time"

	"hallway/protocol"
)

// jitter is a uniformly random wait before try n = 1, 2, …
func (c *Client) jitter(n int) time.Duration {
	bound := protocol.BackoffMax
	// Beyond this many doublings the bound is reached, whatever n.
	if n < 16 {
		bound = min(bound, protocol.BackoffBase<<n)
	}
	return time.Duration(c.cfg.Rand() * float64(bound))
}

// waitNamed is the wait that a relay has named. Within waitMax it is heeded; none silences
// a chat for good.
func waitNamed(ms int64) time.Duration {
	return time.Duration(min(max(0, ms), waitMax.Milliseconds())) * time.Millisecond
}

// resendAt is when what was refused is sent again, no sooner than until: of all waits that
// were named the longest counts.
func (c *Client) resendAt(until time.Time, f *protocol.Error) time.Time {
	wait := resendAfter
	if f.RetryAfterMs > 0 {
		wait = waitNamed(f.RetryAfterMs)
	}
	if at := c.now.Add(wait); at.After(until) {
		return at
	}
	return until
}
