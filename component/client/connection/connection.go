package connection

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// dialTimeout is the time limit of a dial.
const dialTimeout = 10 * time.Second

// phase is the state of a connection.
type phase uint8

const (
	phaseIdle    phase = iota // not started, or without a token
	phaseWaiting              // until dialAt
	phaseDialing              // until Opened
	phaseHello                // until welcome
	phaseJoining              // until joined
	phaseJoined
	phaseEnded // until a restart; final holds the status
)

// progress is the state of the current generation's connection.
type progress struct {
	phase    phase
	gen      int
	draining bool // the relay has sent goaway
}

// Config holds the settings of a connection.
type Config struct {
	Room   string
	Client string // for the relay's operator: "hallway-chat/1.2.0"

	// Hold means that the caller calls Join after the relay's welcome.
	Hold bool

	// Down is called when a generation has ended. No answers to its frames will come.
	Down func()
	// Forget is called when a token of another user comes.
	Forget func()
	// Rejoined is called when the room is joined again on the same connection.
	Rejoined func()
	// User is called when the user's id becomes known.
	User func(id string)
}

// Connection is the chat's connection to the relay. New returns one.
type Connection struct {
	step *step.Step
	cfg  Config

	progress
	heartbeat
	setup
	token token

	tries int // the number of dials since the chat was live for BackoffReset

	dialAt    time.Time // in phaseWaiting: the next dial
	answerDue time.Time // the deadline for the end of the dial, the welcome or the answer to a join
	rejoinAt  time.Time // the next join after a refused one

	liveSince time.Time // zero: not live
	wasJoined bool      // the room was joined at least once since the chat started

	reconnectIn time.Duration // if draining: the wait before the next dial, with jitter

	deviceOffline bool // the device says that it has no network

	final  client.Status // in phaseEnded
	reason string
}

// New returns a connection that has not started.
func New(s *step.Step, cfg Config) *Connection {
	return &Connection{
		step: s, cfg: cfg, token: token{step: s}, setup: setup{step: s},
		heartbeat: heartbeat{every: protocol.Heartbeat, timeout: protocol.Timeout},
	}
}

// Start connects with a token. If it is empty, Start asks the host for one.
func (c *Connection) Start(token string) {
	if c.phase != phaseIdle && c.phase != phaseEnded {
		return
	}
	c.phase = phaseIdle
	c.tries = 0
	if token == "" {
		c.token.ask()
		return
	}
	c.setToken(token)
	c.dial()
}

// dial opens the next generation.
func (c *Connection) dial() {
	step.Assert(!c.dialing() && !c.IsOpen(), "there is one connection at a time")
	if c.token.text == "" {
		c.phase = phaseIdle
		c.token.ask()
		return
	}
	c.gen++
	c.phase = phaseDialing
	c.dialAt = time.Time{}
	c.answerDue = c.step.Now.Add(dialTimeout)
	c.step.Emit(client.Dial{Gen: c.gen})
}

// Opened handles the success of a dial, and sends the hello.
func (c *Connection) Opened(gen int) {
	if gen != c.gen || !c.dialing() {
		return
	}
	c.phase = phaseHello
	c.lastRecv = c.step.Now
	c.expectAnswer()
	c.Write(protocol.Hello{Token: c.token.text, Client: c.cfg.Client})
	c.probeAt = c.step.Now
}

// expectAnswer sets the deadline for the relay's answer.
func (c *Connection) expectAnswer() {
	c.answerDue = c.step.Now.Add(step.AnswerTimeouts * c.timeout)
}

// Write writes a frame.
func (c *Connection) Write(f protocol.ClientFrame) {
	step.Assert(c.IsOpen(), "frames are written on an open connection")
	c.lastWrite = c.step.Now
	c.step.Emit(client.Write{Gen: c.gen, Data: protocol.Encode(f)})
}

// Join joins the room. On a joined connection the answer tells the room's head again.
func (c *Connection) Join() {
	c.rejoinAt = time.Time{}
	c.expectAnswer()
	if c.phase == phaseHello {
		c.phase = phaseJoining
	} else {
		c.cfg.Rejoined()
	}
	c.Write(protocol.Join{Room: c.cfg.Room})
}

// Lose closes the connection, and schedules the next try.
func (c *Connection) Lose() {
	if !c.dialing() && !c.IsOpen() {
		return
	}
	if !c.liveSince.IsZero() && c.step.Now.Sub(c.liveSince) >= protocol.BackoffReset {
		c.tries = 0
	}
	c.tries++
	wait := c.step.Jitter(c.tries)
	if c.draining {
		wait = c.reconnectIn
	}
	c.hangUp()
	c.phase = phaseWaiting
	c.dialAt = c.step.Now.Add(wait)
}

// hangUp closes the connection and ends its generation. The caller sets the next phase.
func (c *Connection) hangUp() {
	if c.dialing() || c.IsOpen() {
		c.step.Emit(client.CloseSocket{Gen: c.gen, Code: protocol.CloseNormal})
	}
	c.gen++
	c.draining = false
	c.answered()
	c.dialAt, c.answerDue, c.rejoinAt, c.liveSince = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	c.cfg.Down()
	c.step.Changed = true
}

// End stops the chat until the host starts it again or brings a new token.
func (c *Connection) End(final client.Status, reason string) {
	c.hangUp()
	c.token.askAt = time.Time{}
	c.phase = phaseEnded
	c.final, c.reason = final, reason
}

// Wake tries at once if the chat waits, and probes if it is connected. A banned user
// tries again, because the relay does not tell of a lifted ban.
func (c *Connection) Wake(banned bool) {
	switch {
	case c.phase == phaseWaiting:
		c.dial()
	case c.phase == phaseIdle && !c.token.askAt.IsZero():
		c.token.ask()
	case c.phase == phaseEnded && banned:
		c.dial()
	case c.IsOpen():
		c.Probe()
	}
}

// BanEnded dials again if the chat has ended because of a ban.
func (c *Connection) BanEnded() {
	if c.phase == phaseEnded && c.final == client.StatusNotAllowed {
		c.dial()
	}
}

// DeviceOnline records that the device has a network again.
func (c *Connection) DeviceOnline() { c.deviceOffline = false }

// DeviceOffline closes the connection because the device has no network.
func (c *Connection) DeviceOffline() {
	c.deviceOffline = true
	c.Lose()
}

// Deadline returns the time of the next call of Fire.
func (c *Connection) Deadline() time.Time {
	step.Assert((c.phase == phaseWaiting) != c.dialAt.IsZero(), "dialAt is set in phaseWaiting and in no other phase")
	return step.Earliest(c.dialAt, c.answerDue, c.rejoinAt, c.heartbeatDue(), c.token.askAt)
}

// Fire acts on the deadlines that have passed.
func (c *Connection) Fire() {
	if c.step.Due(&c.dialAt) {
		c.dial()
	}
	if c.step.Due(&c.answerDue) {
		c.Lose()
		c.unreached()
	}
	if c.step.Due(&c.rejoinAt) {
		c.Join()
	}
	if late, ok := c.step.Late(c.heartbeatDue()); ok {
		c.beat(late)
	}
	if c.step.Due(&c.token.askAt) {
		c.token.ask()
	}
}
