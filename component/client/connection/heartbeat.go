package connection

import (
	"strconv"
	"time"

	"hallway/component/client/step"
	"hallway/protocol"
)

// heartbeat holds the times of the last frames and of unanswered pings.
type heartbeat struct {
	every, timeout      time.Duration
	lastRecv, lastWrite time.Time
	probeAt             time.Time // the oldest unanswered ping
	reprobed            bool      // a late timer has sent a second ping
}

// answered records that all pings are answered.
func (h *heartbeat) answered() { h.probeAt, h.reprobed = time.Time{}, false }

// configure takes the relay's times if they are sensible. With others the connection might end
// before the relay could correct them.
func (h *heartbeat) configure(everyMs, timeoutMs int64) {
	sensible := func(ms int64) bool { return 100 <= ms && ms <= time.Hour.Milliseconds() }
	if sensible(everyMs) && sensible(timeoutMs) {
		h.every = time.Duration(everyMs) * time.Millisecond
		h.timeout = time.Duration(timeoutMs) * time.Millisecond
	}
}

// due returns the time of the next ping, or the deadline for the answer to an unanswered one.
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

// Timeout returns the time limit for an answer.
func (h *heartbeat) Timeout() time.Duration { return h.timeout }

// LastHeard returns the arrival time of the last frame.
func (h *heartbeat) LastHeard() time.Time { return h.lastRecv }

func (c *Connection) heartbeatDue() time.Time {
	if !c.IsOpen() {
		return time.Time{}
	}
	return c.heartbeat.due()
}

// beat pings a quiet connection and closes a silent one. A timer that fires late (sleep,
// throttling) proves nothing about the connection, so beat pings once more first.
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

// Probe sends a ping. The relay must send its answer or another frame within the timeout.
func (c *Connection) Probe() {
	c.Write(protocol.Ping{T: strconv.FormatInt(c.step.Now.UnixMilli(), 10)})
	if c.probeAt.IsZero() {
		c.probeAt = c.step.Now
	}
}
