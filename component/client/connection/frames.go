package connection

import (
	"cmp"
	"strconv"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// DialFailed handles the failure of a dial.
func (c *Connection) DialFailed(ev client.DialFailed) {
	if ev.Gen != c.gen || !c.dialing() {
		return
	}
	switch ev.Status {
	case 426:
		c.End(client.StatusUpdateNeeded, "the relay speaks another version of the protocol")
		c.warn(protocol.CodeBadRequest, "the relay speaks other versions of the protocol than this chat: update the one that is older")
	case 403:
		c.End(client.StatusNotAllowed, "the relay does not accept this page's origin")
	default:
		c.crowded = false
		c.Lose()
		c.unreached()
	}
}

// Closed handles the end of the connection.
func (c *Connection) Closed(ev client.Closed) {
	if !c.Carries(ev.Gen) {
		return
	}
	switch code := ev.Code; {
	case code == protocol.CloseUnauthorized:
		c.refusal = cmp.Or(c.refusal, ev.Reason)
		c.tokenRefused()
		return
	case code == protocol.CloseTooMany:
		c.tooMany(ev.Reason)
		return
	case code == protocol.CloseNotProtocol:
		c.End(client.StatusUpdateNeeded, "the relay does not understand this chat")
		return
	case code.Final():
		c.End(client.StatusNotAllowed, cmp.Or(ev.Reason, "the relay has put you out"))
		return
	}
	c.crowded = false
	silent := c.dialing() || c.phase == phaseHello
	c.Lose()
	if silent {
		c.unreached()
	}
}

// Received decodes a frame. ok is false if the frame belongs to an older generation or is
// malformed. A malformed frame ends the connection.
func (c *Connection) Received(ev client.Received) (f protocol.RelayFrame, ok bool) {
	if ev.Gen != c.gen || !c.IsOpen() {
		return nil, false
	}
	c.lastRecv = c.step.Now
	c.answered()
	f, err := protocol.DecodeRelay(ev.Data)
	if err != nil {
		c.Lose() // after the next dial the chat catches up
		return nil, false
	}
	return f, true
}

// Welcome handles the relay's answer to the hello, and joins the room.
func (c *Connection) Welcome(f *protocol.Welcome) {
	c.token.accepted()
	c.refusal, c.crowded = "", false
	if f.User.ID != c.token.user { // the token's claims could not be read
		c.token.user = f.User.ID
		c.cfg.User(f.User.ID)
	}
	c.configure(f.HeartbeatMs, f.TimeoutMs)
	switch {
	case c.phase != phaseHello:
	case c.cfg.Hold:
		c.answerDue = time.Time{}
	default:
		c.Join()
	}
}

// Joined handles the relay's answer to a join. It returns false if no join was sent.
func (c *Connection) Joined() bool {
	if c.phase != phaseJoining && c.phase != phaseJoined {
		return false
	}
	c.phase = phaseJoined
	c.wasJoined = true
	c.answerDue, c.rejoinAt = time.Time{}, time.Time{}
	return true
}

// Refused handles an error about the hello, the join or the room's stream.
func (c *Connection) Refused(f *protocol.Error, banned bool) {
	switch {
	case c.phase == phaseHello:
		c.refusal = f.Message // a close frame follows
	case f.Room != c.cfg.Room && (f.Room != "" || c.phase != phaseJoining):
		// The chat ignores an error about another room.
	case f.Code.Retryable():
		if c.phase == phaseJoining {
			c.tries++
			c.rejoinAt = c.step.Now.Add(max(step.NamedWait(f.RetryAfterMs), c.step.Jitter(c.tries)))
			c.answerDue = time.Time{}
		}
	case f.Code == protocol.CodeForbidden || f.Code == protocol.CodeNotFound || c.phase == phaseJoining:
		c.End(client.StatusNotAllowed, f.Message)
		if !banned {
			c.warn(f.Code, "the relay refuses the room "+strconv.Quote(c.cfg.Room)+": "+f.Message)
		}
	}
}

// Goaway handles the relay's announcement that it shuts down. The core waits for the frames in
// flight, and then closes the connection.
func (c *Connection) Goaway(f *protocol.Goaway) {
	c.draining = true
	c.reconnectIn = time.Duration(c.step.Rand() * float64(step.NamedWait(f.ReconnectAfterMs)))
}
