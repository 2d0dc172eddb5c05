package core

import (
	"strconv"
	"time"

	"hallway/protocol"
)

// heartbeatDue is when to ping, or, after a ping, when to judge the silence.
func (c *Client) heartbeatDue() time.Time {
	if !c.conn.phase.open() {
		return time.Time{}
	}
	if !c.conn.probeAt.IsZero() {
		return c.conn.probeAt.Add(c.conn.timeout)
	}
	quiet := c.conn.lastRecv
	if c.conn.lastWrite.Before(quiet) {
		quiet = c.conn.lastWrite
	}
	return quiet.Add(c.conn.heartbeat)
}

// beat pings a quiet connection and gives up a silent one. A timer that comes
// late (sleep, throttling) says nothing about the connection: it asks once
// more first.
func (c *Client) beat(late time.Duration) {
	switch {
	case c.conn.probeAt.IsZero():
		c.probe()
	case late > lateGrace && !c.conn.reprobed:
		c.conn.probeAt = time.Time{}
		c.probe()
		c.conn.reprobed = true
	default:
		c.lost()
	}
}

// probe pings now; its answer, or anything else, is due within the timeout.
func (c *Client) probe() {
	c.write(protocol.Ping{T: strconv.FormatInt(c.now.UnixMilli(), 10)})
	if c.conn.probeAt.IsZero() {
		c.conn.probeAt = c.now
	}
}

// echoDue is when the oldest send in flight must have come back.
func (c *Client) echoDue() time.Time {
	e := c.outbox.oldestInFlight()
	if e == nil || !c.conn.phase.open() {
		return time.Time{}
	}
	if e.late {
		return e.writtenAt.Add(answerTimeouts * c.conn.timeout)
	}
	return e.writtenAt.Add(c.conn.timeout)
}

// echoLate takes a late echo for an unanswered ping. Where the connection
// speaks otherwise it is probed, and given up only after a longer while: what
// was sent is then sent again, which its id makes harmless.
func (c *Client) echoLate(late time.Duration) {
	e := c.outbox.oldestInFlight()
	switch {
	case e.late:
		c.lost()
	case late > lateGrace || c.conn.lastRecv.After(e.writtenAt):
		e.late = true
		c.probe()
	default:
		c.lost()
	}
}
