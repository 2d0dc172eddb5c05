package core

import (
	"slices"
	"strconv"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// phase is how far a connection has come.
type phase uint8

const (
	phaseIdle    phase = iota // not begun, or no token
	phaseWaiting              // until dialAt
	phaseDialing              // until Opened
	phaseHello                // until welcome
	phaseJoining              // until joined
	phaseJoined
	phaseEnded // for good: final says how
)

// connection is the state of the one connection.
type connection struct {
	phase phase
	gen   int
	tries int // dials since the chat was last live for long

	dialAt    time.Time // phaseWaiting: the next dial
	answerDue time.Time // the dial, the welcome or the joined must have come
	rejoinAt  time.Time // the next join after a refused one

	heartbeat, timeout  time.Duration
	lastRecv, lastWrite time.Time
	probeAt             time.Time // the oldest unanswered ping
	reprobed            bool      // it was written a second time by a late timer

	liveSince time.Time // zero: not live
	wasJoined bool      // at least once since the chat began

	draining    bool          // the relay said goaway
	reconnectIn time.Duration // … and when to come back, already random

	final  client.Status // phaseEnded
	reason string
}

// open reports whether frames can be written.
func (p phase) open() bool { return p == phaseHello || p == phaseJoining || p == phaseJoined }

func (c *Client) start(token string) {
	if c.conn.phase != phaseIdle && c.conn.phase != phaseEnded {
		return
	}
	c.conn.phase = phaseIdle
	c.conn.tries = 0
	if token == "" {
		c.askToken()
		return
	}
	c.setToken(token)
	c.dial()
}

// dial opens the next generation.
func (c *Client) dial() {
	if c.auth.token == "" {
		c.conn.phase = phaseIdle
		c.askToken()
		return
	}
	c.conn.gen++
	c.conn.phase = phaseDialing
	c.conn.dialAt = time.Time{}
	c.conn.answerDue = c.now.Add(dialTimeout)
	c.emit(client.Dial{Gen: c.conn.gen})
}

func (c *Client) opened(gen int) {
	if gen != c.conn.gen || c.conn.phase != phaseDialing {
		return
	}
	c.conn.phase = phaseHello
	c.conn.lastRecv = c.now
	c.expectAnswer()
	c.write(protocol.Hello{Token: c.auth.token, Client: c.cfg.Client})
	c.conn.probeAt = c.now
}

func (c *Client) expectAnswer() {
	c.conn.answerDue = c.now.Add(answerTimeouts * c.conn.timeout)
}

func (c *Client) write(f protocol.ClientFrame) {
	c.conn.lastWrite = c.now
	c.emit(client.Write{Gen: c.conn.gen, Data: f.Append(nil)})
}

// join asks for the room's stream, or for its head again.
func (c *Client) join() {
	c.conn.rejoinAt = time.Time{}
	c.expectAnswer()
	if c.conn.phase == phaseHello {
		c.conn.phase = phaseJoining
	}
	c.write(protocol.Join{Room: c.cfg.Room})
}

// lost gives the connection up, whatever is left of it, and waits for the next
// try.
func (c *Client) lost() {
	if c.conn.phase == phaseIdle || c.conn.phase == phaseEnded || c.conn.phase == phaseWaiting {
		return
	}
	if !c.conn.liveSince.IsZero() && c.now.Sub(c.conn.liveSince) >= protocol.BackoffReset {
		c.conn.tries = 0
	}
	c.conn.tries++
	wait := c.jitter(c.conn.tries)
	if c.conn.draining {
		wait = c.conn.reconnectIn
	}
	c.hangUp(protocol.CloseNormal)
	c.conn.phase = phaseWaiting
	c.conn.dialAt = c.now.Add(wait)
}

// hangUp ends the connection's generation and all that hangs on it.
func (c *Client) hangUp(code protocol.CloseCode) {
	if c.conn.phase == phaseDialing || c.conn.phase.open() {
		c.emit(client.CloseSocket{Gen: c.conn.gen, Code: code})
	}
	c.conn.gen++
	c.conn.draining = false
	c.conn.reprobed = false
	for _, t := range []*time.Time{&c.conn.dialAt, &c.conn.answerDue, &c.conn.rejoinAt, &c.conn.probeAt, &c.conn.liveSince} {
		*t = time.Time{}
	}
	c.members = 0
	c.sync.interrupt()
	c.timeline.WindowFailed()
	c.timeline.PinnedFailed()
	c.openedAtUnread(false)
	c.outbox.interrupt()
	c.changes.interrupt()
	c.typing = typing{}
	c.requestsLost(true)
	c.changed = true
}

// end stops the chat until the host starts it again or brings a new token.
func (c *Client) end(final client.Status, reason string) {
	c.hangUp(protocol.CloseNormal)
	c.auth.askAt = time.Time{}
	c.conn.phase = phaseEnded
	c.conn.final, c.conn.reason = final, reason
}

func (c *Client) dialFailed(ev client.DialFailed) {
	if ev.Gen != c.conn.gen || c.conn.phase != phaseDialing {
		return
	}
	switch ev.Status {
	case 426:
		c.end(client.StatusUpdateNeeded, "the relay speaks another version of the protocol")
		c.warn(protocol.CodeBadRequest, "the relay speaks other versions of the protocol than this chat: update the one that is older")
	case 403:
		c.end(client.StatusNotAllowed, "the relay does not accept this page's origin")
	default:
		c.setup.crowded = false
		c.lost()
		c.unreached()
	}
}

func (c *Client) closed(ev client.Closed) {
	if ev.Gen != c.conn.gen || c.conn.phase != phaseDialing && !c.conn.phase.open() {
		return
	}
	switch code := ev.Code; {
	case code == protocol.CloseUnauthorized:
		c.setup.refusal = orElse(c.setup.refusal, ev.Reason)
		c.tokenRefused()
		return
	case code == protocol.CloseTooMany:
		c.tooMany(ev.Reason)
		return
	case code == protocol.CloseNotProtocol:
		c.end(client.StatusUpdateNeeded, "the relay does not understand this chat")
		return
	case code.Final():
		c.end(client.StatusNotAllowed, orElse(ev.Reason, "the relay has put you out"))
		return
	case code == protocol.CloseTooLarge:
		c.failTooLarge()
	}
	c.setup.crowded = false
	silent := c.conn.phase == phaseDialing || c.conn.phase == phaseHello
	c.lost()
	if silent {
		c.unreached()
	}
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// wake tries at once where the chat waits, and probes where it is connected. Nobody is
// told that a ban was lifted: who comes back finds out.
func (c *Client) wake() {
	switch {
	case c.conn.phase == phaseWaiting:
		c.dial()
	case c.conn.phase == phaseIdle && !c.auth.askAt.IsZero():
		c.askToken()
	case c.conn.phase == phaseEnded && c.moderation.banned != nil:
		c.dial()
	case c.conn.phase.open():
		c.probe()
	}
	if !c.sync.fetchAt.IsZero() {
		c.fetch()
	}
}

func (c *Client) received(ev client.Received) {
	if ev.Gen != c.conn.gen || !c.conn.phase.open() {
		return
	}
	c.conn.lastRecv = c.now
	c.conn.probeAt, c.conn.reprobed = time.Time{}, false
	f, err := protocol.DecodeRelay(ev.Data)
	if err != nil {
		// What it said cannot be known; what it stored is found by catching up.
		c.lost()
		return
	}
	switch f := f.(type) {
	case protocol.Welcome:
		c.welcome(f)
	case protocol.Joined:
		c.joined(f)
	case protocol.Changed:
		c.streamed(f)
	case protocol.Presence:
		if f.Room == c.cfg.Room && f.Members != c.members {
			c.members, c.changed = f.Members, true
		}
	case protocol.Typist:
		c.types(f)
	case protocol.Read:
		c.readElsewhere(f)
	case protocol.Settings:
		c.settings(f)
	case protocol.Moderated:
		c.moderated(f)
	case protocol.Reported:
		c.reported(f)
	case protocol.Reports:
		if f.Room == c.cfg.Room {
			c.moderation.reports, c.changed = f.Open, true
			c.queueChanged()
		}
	case protocol.Error:
		c.refused(f)
	case protocol.Goaway:
		c.goaway(f)
	}
}

func (c *Client) welcome(f protocol.Welcome) {
	c.auth.accepted()
	c.setup.refusal, c.setup.crowded = "", false
	if f.User.ID != c.me.ID || f.User.Name != c.me.Name {
		if f.User.ID == c.me.ID {
			f.User.Role = c.me.Role // the room's
		}
		c.me, c.changed = f.User, true
	}
	c.timeline.SetUser(c.me.ID)
	c.servesPinned = slices.Contains(f.Features, protocol.FeaturePinned)
	if f.User.ID != c.auth.user { // the token's claims could not be read
		c.auth.user = f.User.ID
		c.emit(client.LoadOutbox{User: f.User.ID})
	}
	if believable(f.HeartbeatMs) && believable(f.TimeoutMs) {
		c.conn.heartbeat = time.Duration(f.HeartbeatMs) * time.Millisecond
		c.conn.timeout = time.Duration(f.TimeoutMs) * time.Millisecond
	}
	if f.Limits.TextBytes > 0 {
		c.limits = f.Limits
	}
	if c.conn.phase == phaseHello {
		c.join()
	}
}

// believable reports whether a relay may ask for a time: with others no connection
// lasts, not even until it says better ones.
func believable(ms int64) bool { return 100 <= ms && ms <= time.Hour.Milliseconds() }

func (c *Client) joined(f protocol.Joined) {
	if f.Room != c.cfg.Room || c.conn.phase != phaseJoining && c.conn.phase != phaseJoined {
		return
	}
	c.conn.phase = phaseJoined
	c.conn.wasJoined = true
	c.conn.answerDue, c.conn.rejoinAt = time.Time{}, time.Time{}
	c.members = f.Members
	if f.Role != "" {
		c.me.Role = f.Role
	}
	c.changed = true
	c.readJoined(f)
	c.joinedRules(f)
	c.catchUpTo(f.Epoch, f.Head)
	c.sync.streamed = f.Head
}

// refused takes an error frame: of a message, of the join, or of the stream.
func (c *Client) refused(f protocol.Error) {
	if f.Of != "" {
		c.requestRefused(f)
		return
	}
	if f.Room == c.cfg.Room {
		c.heed(f)
	}
	switch {
	case f.ID != "":
		if ch := c.changes.writtenTo(f.ID); ch != nil && c.outbox.find(f.ID) == nil {
			c.changeRefused(ch, f)
		} else {
			c.sendRefused(f)
		}
	case c.conn.phase == phaseHello:
		// A refused hello: the close that follows ends it.
		c.setup.refusal = f.Message
	case f.Room != c.cfg.Room && (f.Room != "" || c.conn.phase != phaseJoining):
		// Of nothing that this chat waits for.
	case f.Code.Retryable():
		if c.conn.phase == phaseJoining {
			c.conn.tries++
			c.conn.rejoinAt = c.now.Add(max(waitNamed(f.RetryAfterMs), c.jitter(c.conn.tries)))
			c.conn.answerDue = time.Time{}
		}
	case f.Code == protocol.CodeForbidden || f.Code == protocol.CodeNotFound || c.conn.phase == phaseJoining:
		c.end(client.StatusNotAllowed, f.Message)
		if c.moderation.banned == nil {
			c.warn(f.Code, "the relay refuses the room "+strconv.Quote(c.cfg.Room)+": "+f.Message)
		}
	}
}

// goaway finishes what is in flight; finishDraining then leaves.
func (c *Client) goaway(f protocol.Goaway) {
	c.conn.draining = true
	c.conn.reconnectIn = time.Duration(c.cfg.Rand() * float64(waitNamed(f.ReconnectAfterMs)))
}

func (c *Client) finishDraining() {
	if c.conn.draining && c.outbox.inFlight()+c.changes.inFlight() == 0 {
		c.lost()
	}
}

// status is the state as people see it.
func (c *Client) status() client.Status {
	switch {
	case c.conn.phase == phaseEnded:
		return c.conn.final
	case c.conn.phase == phaseJoined && c.caughtUp() && c.loaded():
		return client.StatusLive
	case c.conn.phase == phaseJoined:
		return client.StatusCatchingUp
	case c.deviceOffline:
		return client.StatusOffline
	case c.conn.wasJoined || c.conn.tries > 0 || c.auth.failures > 0 || c.auth.refusals > 0:
		return client.StatusReconnecting
	}
	return client.StatusConnecting
}

func (c *Client) statusChanged(s client.Status) {
	if s == client.StatusLive && c.conn.liveSince.IsZero() {
		c.conn.liveSince = c.now
		c.setup.warned = ""
	}
}
