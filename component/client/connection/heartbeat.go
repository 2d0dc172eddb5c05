package connection

import (
	"strconv"
	"time"

	"hallway/component/client/step"
	"hallway/protocol"
)

// heartbeat is when the relay was heard, and when it must be heard again.
type heartbeat struct {
	every, timeout      time.Duration
	lastRecv, lastWrite time.Time
	probeAt             time.Time // the oldest unanswered ping
	reprobed            bool      // it was written a second time by a late timer
}

// answered notes that no ping is unanswered.
func (h *heartbeat) answered() { h.probeAt, h.reprobed = time.Time{}, false }

// configure takes the times that a relay asks for, if they are believable: with others
// no connection lasts, not even until it says better ones.
func (h *heartbeat) configure(everyMs, timeoutMs int64) {
	believable := func(ms int64) bool { return 100 <= ms && ms <= time.Hour.Milliseconds() }
	if believable(everyMs) && believable(timeoutMs) {
		h.every = time.Duration(everyMs) * time.Millisecond
		h.timeout = time.Duration(timeoutMs) * time.Millisecond
	}
}

// due returns when to ping, or, after a ping, when to judge the silence.
func (h *heartbeat) due() time.Time {
	if !h.probeAt.IsZero() {
		return h.probeAt.Add(h.timeout)
	}
	quiet := h.lastRecv
	if h.lastWrite.Before(quiet) {
		quiet = h.lastWrite
	}
	return quiet.Add(h.every)
}

// Timeout returns how long an answer may take.
func (h *heartbeat) Timeout() time.Duration { return h.timeout }

// LastHeard returns when the last frame came.
func (h *heartbeat) LastHeard() time.Time { return h.lastRecv }

func (c *Connection) heartbeatDue() time.Time {
	if !c.IsOpen() {
		return time.Time{}
	}
	return c.heartbeat.due()
}

// beat pings a quiet connection and gives up a silent one. A timer that comes late
// (sleep, throttling) says nothing about the connection: it asks once more first.
func (c *Connection) beat(late time.Duration) {
	h := &c.heartbeat
	switch {
	case h.probeAt.IsZero():
		c.Probe()
	case late > step.LateGrace && !h.reprobed:
		h.probeAt = time.Time{}
		c.Probe()
		h.reprobed = true
	default:
		c.Lose()
	}
}

// Probe pings now. Its answer, or anything else, is due within the timeout.
func (c *Connection) Probe() {
	c.Write(protocol.Ping{T: strconv.FormatInt(c.step.Now.UnixMilli(), 10)})
	if c.probeAt.IsZero() {
		c.probeAt = c.step.Now
	}
}
