package core

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
)

// Client is one chat. It routes events and frames to its parts. Only one goroutine may use it.
type Client struct {
	parts
	history history

	timerAt time.Time // the time in the last SetTimer; zero: no timer

	// The state in the last Changed.
	told    client.Status
	retryAt time.Time
}

// New returns a chat that has not started.
func New(cfg client.Config) *Client {
	if cfg.Offline == "" {
		cfg.Offline = client.OfflineQueue
	}
	c := &Client{}
	c.parts.begin(cfg, c.forget)
	if cfg.Encrypted {
		c.encrypt()
	}
	c.history.begin(&c.parts)
	return c
}

// Step handles one event at the time now, which must not be before the time of the last step. It returns the effects to carry
// out, in order.
func (c *Client) Step(now time.Time, ev client.Event) []client.Effect {
	c.step.Begin(now)
	c.take(ev)
	c.flush()
	if s := c.status(); s != c.told {
		c.told, c.step.Changed = s, true
		if s == client.StatusLive {
			c.conn.NoteLive()
		}
	}
	if at := c.nextTry(); !at.Equal(c.retryAt) {
		c.retryAt, c.step.Changed = at, true
	}
	if c.step.Changed {
		c.step.Emit(client.Changed{})
	}
	c.setTimer()
	c.check()
	return c.step.Effects
}

// flush lets each part write the frames that may be written now.
func (c *Client) flush() {
	if c.conn.IsDraining() && c.outbox.InFlight()+c.requests.ChangesInFlight() == 0 {
		c.conn.Lose()
	}
	c.seal()
	if c.outbox.MustRejoin() && c.conn.IsJoined() {
		c.conn.Join()
	}
	if c.mayWrite() && (c.lock != nil || !c.encrypted) && !c.conn.IsDraining() && c.outbox.Flush(c.rights.InFlightMax()) > 0 {
		c.rights.Pause()
	}
	c.uploads.Flush(c.mayWrite() && (c.lock == nil && !c.encrypted || c.kid() != ""))
	c.requests.Flush(c.state())
	c.reading.Flush(c.mayWrite())
	c.outbox.Tabs.TellPeers()
}

// check asserts the invariants of the parts after each step.
func (c *Client) check() {
	c.outbox.Check(c.conn.IsOpen())
	step.Assert(c.conn.IsOpen() || c.requests.ChangesInFlight() == 0, "without a connection no change is in flight")
}

// forget resets the chat for another user, who must not see anything of the first one.
func (c *Client) forget() {
	c.forgetUser()
	c.history.startOver()
}

// setTimer sets the one timer to the earliest deadline.
func (c *Client) setTimer() {
	var next time.Time
	for _, part := range c.timed {
		next = step.Earliest(next, part.Deadline())
	}
	if !next.Equal(c.timerAt) {
		c.timerAt = next
		c.step.Emit(client.SetTimer{At: next})
	}
}

// timerFired lets each part act on its passed deadlines.
func (c *Client) timerFired() {
	c.timerAt = time.Time{}
	for _, part := range c.timed {
		part.Fire()
	}
}
