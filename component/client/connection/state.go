package connection

import (
	"time"

	"hallway/component/client"
)

func (c *Connection) dialing() bool { return c.phase == phaseDialing }

// IsOpen reports whether frames can be written.
func (c *Connection) IsOpen() bool {
	return c.phase == phaseHello || c.phase == phaseJoining || c.phase == phaseJoined
}

// IsJoined reports whether the room's stream comes.
func (c *Connection) IsJoined() bool { return c.phase == phaseJoined }

// IsEnded reports whether the chat has ended for good.
func (c *Connection) IsEnded() bool { return c.phase == phaseEnded }

// IsDraining reports whether the relay wants to go: nothing new is written.
func (c *Connection) IsDraining() bool { return c.draining }

// Carries reports whether gen is the generation of the connection that there is.
func (c *Connection) Carries(gen int) bool {
	return gen == c.gen && (c.dialing() || c.IsOpen())
}

// Gen returns the current generation.
func (c *Connection) Gen() int { return c.gen }

// Timeout returns how long an answer may take.
func (c *Connection) Timeout() time.Duration { return c.heartbeat.timeout }

// LastHeard returns when the last frame came.
func (c *Connection) LastHeard() time.Time { return c.heartbeat.lastRecv }

// Token returns the token for requests over REST.
func (c *Connection) Token() string { return c.token.text }

// User returns the user's id, or "" if it is not known.
func (c *Connection) User() string { return c.token.user }

// Crowded reports whether the user has too many connections.
func (c *Connection) Crowded() bool { return c.setup.crowded }

// Reason returns why the chat has ended, in English, safe to show.
func (c *Connection) Reason() string { return c.reason }

// Status returns the state as people see it. Live tells that the timeline has caught
// up with the room.
func (c *Connection) Status(live bool) client.Status {
	switch {
	case c.phase == phaseEnded:
		return c.final
	case c.phase == phaseJoined && live:
		return client.StatusLive
	case c.phase == phaseJoined:
		return client.StatusCatchingUp
	case c.deviceOffline:
		return client.StatusOffline
	case c.wasJoined || c.tries > 0 || c.token.failures > 0 || c.token.refusals > 0:
		return client.StatusReconnecting
	}
	return client.StatusConnecting
}

// NoteLive notes that the chat is live: long enough, and the backoff begins anew.
func (c *Connection) NoteLive() {
	if c.liveSince.IsZero() {
		c.liveSince = c.step.Now
		c.setup.warned = ""
	}
}

// NextTry returns when a chat that reconnects tries again; zero: it does so now.
func (c *Connection) NextTry() time.Time {
	if c.phase == phaseIdle {
		return c.token.askAt
	}
	return c.dialAt
}
