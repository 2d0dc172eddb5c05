package client

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

// waitToResend is how long what was refused waits.
func waitToResend(f *protocol.Error) time.Duration {
	if f.RetryAfterMs > 0 {
		return waitNamed(f.RetryAfterMs)
	}
	return resendAfter
}
