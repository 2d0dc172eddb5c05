package connection

import (
	"time"

	"hallway/component/client"
)

func (p *progress) dialing() bool { return p.phase == phaseDialing }

// IsOpen reports whether frames can be written.
func (p *progress) IsOpen() bool {
	return p.phase == phaseHello || p.phase == phaseJoining || p.phase == phaseJoined
}

// IsJoined reports whether the chat receives the room's stream.
func (p *progress) IsJoined() bool { return p.phase == phaseJoined }

// IsEnded reports whether the chat has ended for good.
func (p *progress) IsEnded() bool { return p.phase == phaseEnded }

// IsDraining reports whether the relay is shutting down. Then nothing new is written.
func (p *progress) IsDraining() bool { return p.draining }

// Carries reports whether gen is the generation of the present connection.
func (p *progress) Carries(gen int) bool {
	return gen == p.gen && (p.dialing() || p.IsOpen())
}

// Token returns the token for requests over REST.
func (c *Connection) Token() string { return c.token.text }

// User returns the user's id, or "" if it is not known.
func (c *Connection) User() string { return c.token.user }

// Status returns the state that the user sees. live says whether the timeline has caught
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

// NoteLive records that the chat is live. If it stays live for BackoffReset, the backoff starts again.
func (c *Connection) NoteLive() {
	if c.liveSince.IsZero() {
		c.liveSince = c.step.Now
		c.warned = ""
	}
}

// NextTry returns the time of the next try to connect. It is zero if the chat tries now.
func (c *Connection) NextTry() time.Time {
	if c.phase == phaseIdle {
		return c.token.askAt
	}
	return c.dialAt
}

// Show adds the reasons for the status to a snapshot. The snapshot must have the status already.
func (c *Connection) Show(s *client.Snapshot) {
	s.Crowded = c.crowded
	switch s.Status {
	case client.StatusReconnecting:
		s.RetryAt = c.NextTry()
	case client.StatusNotAllowed, client.StatusUpdateNeeded:
		s.Reason = c.reason
	}
}
