package core

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/catchup"
	"hallway/component/client/connection"
	"hallway/component/client/lock"
	"hallway/component/client/outbox"
	"hallway/component/client/people"
	"hallway/component/client/request"
	"hallway/component/client/step"
	"hallway/component/client/timeline"
	"hallway/component/client/upload"
	"hallway/protocol"
)

// Client is one chat. It is not safe for concurrent use: one owner steps it.
type Client struct {
	cfg  client.Config
	step step.Step

	// The parts, each the owner of its state.
	conn     *connection.Connection
	catchup  *catchup.CatchUp
	timeline *timeline.Timeline
	outbox   *outbox.Outbox
	requests *request.Queue
	search   *request.Search
	review   *request.Review
	rights   *people.Rights
	reading  *people.Reading
	typing   *people.Typing
	people   *request.People
	uploads  *upload.Uploads
	lock     *lock.Lock // nil: the chat does not encrypt
	loads    *request.Loads

	limits  protocol.Limits // the relay's
	members int64           // users in the room
	// knowsMentions says that the relay knows mentions, and finds members by their names.
	knowsMentions bool

	timerAt   time.Time // of the last SetTimer; zero: none
	encrypted bool      // the room is
	// arriving holds the ids of messages of others that came, and are not opened yet, each
	// with whether it came live.
	arriving map[string]bool

	// Of the last Changed:
	told    client.Status
	retryAt time.Time
}

// timed is a part with deadlines of its own.
type timed interface {
	// Deadline returns when Fire has something to do; zero: never.
	Deadline() time.Time
	// Fire does what is due.
	Fire()
}

// timed returns the parts with deadlines, in the order in which they are fired.
func (c *Client) timed() []timed {
	parts := []timed{c.conn, c.outbox, c.catchup, c.requests, c.typing, c.rights, c.reading, c.uploads}
	if c.lock != nil {
		parts = append(parts, c.lock)
	}
	return parts
}

// New makes a chat that has not begun.
func New(cfg client.Config) *Client {
	if cfg.Offline == "" {
		cfg.Offline = client.OfflineQueue
	}
	c := &Client{
		cfg:      cfg,
		step:     step.Step{Rand: cfg.Rand},
		timeline: timeline.New(""),
		limits:   protocol.Limits{TextBytes: protocol.TextBytesMax, FrameBytes: protocol.FrameBytesMax},
	}
	s, room := &c.step, cfg.Room
	c.conn = connection.New(s, connection.Config{
		Room: room, Client: cfg.Client,
		Down: c.interrupt, Forget: c.forget, Hold: cfg.Encrypted,
		User: c.userKnown,
	})
	c.catchup = catchup.New(s, c.conn, c.timeline)
	c.outbox = outbox.New(s, c.conn, room)
	c.requests = request.New(s, c.conn, c.timeline, room)
	c.uploads = upload.New(s, c.conn, c.outbox.Files)
	c.search = request.NewSearch(s, c.conn, c.timeline)
	c.review = request.NewReview(s, c.conn)
	c.people = request.NewPeople(s, c.conn)
	c.loads = request.NewLoads(s, c.conn)
	c.rights = people.NewRights(s, c.conn.BanEnded)
	c.reading = people.NewReading(s, c.conn, room)
	c.reading.Mentions = c.mentionsIn
	c.typing = people.NewTyping(s, c.conn, room)
	if cfg.Encrypted {
		c.encrypt()
	}
	return c
}

// Step takes one event at a time now, which must not lie before that of the
// last step, and returns what to do, in order.
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

// flush lets each part write what it may by now.
func (c *Client) flush() {
	if c.conn.IsDraining() && c.outbox.InFlight()+c.requests.ChangesInFlight() == 0 {
		c.conn.Lose()
	}
	c.seal()
	if c.outbox.GaveUp() && c.conn.IsJoined() {
		c.conn.Join()
	}
	if c.mayWrite() && (c.lock != nil || !c.encrypted) && !c.conn.IsDraining() && c.outbox.Flush(c.rights.InFlightMax()) > 0 {
		c.rights.Pause()
	}
	c.uploads.Flush(c.mayWrite() && c.lock == nil && !c.encrypted)
	c.requests.Flush(c.state())
	c.reading.Flush(c.mayWrite())
	c.outbox.Tabs.TellPeers()
}

// mayWrite reports whether the room's stream comes and all before it was read.
func (c *Client) mayWrite() bool { return c.conn.IsJoined() && c.catchup.HasReached() }

// state is what the requests are told of the chat.
func (c *Client) state() request.State {
	return request.State{
		Joined: c.conn.IsJoined(), CaughtUp: c.mayWrite(), Draining: c.conn.IsDraining(), Ended: c.conn.IsEnded(),
		Live: c.status() == client.StatusLive, TextBytes: c.limits.TextBytes,
		Encrypts: c.lock != nil, Kid: c.kid(),
	}
}

// check holds the parts against each other.
func (c *Client) check() {
	step.Assert(c.conn.IsOpen() || c.outbox.InFlight()+c.requests.ChangesInFlight() == 0, "without a connection nothing is in flight")
}

// interrupt lets each part forget what hung on the connection.
func (c *Client) interrupt() {
	c.members = 0
	c.catchup.Interrupt()
	c.timeline.WindowFailed()
	c.timeline.PinnedFailed()
	c.outbox.Interrupt()
	c.typing.Interrupt()
	c.reading.Interrupt()
	c.requests.Interrupt()
	if c.lock != nil {
		c.lock.Interrupt()
	}
}

// forget begins anew for another user: nothing of one user may show under the other.
func (c *Client) forget() {
	c.uploads.Clear()
	c.outbox = outbox.New(&c.step, c.conn, c.cfg.Room)
	c.uploads.SetMessages(c.outbox.Files)
	if c.lock != nil {
		c.outbox.Seals.Encrypt()
		c.lock.Forget()
	}
	c.requests = request.New(&c.step, c.conn, c.timeline, c.cfg.Room)
	c.rights.Forget()
	c.reading.Forget()
	c.review.Forget()
	c.people.Forget()
	c.loads.Forget()
	c.search.For("")
	c.startOver()
}

// mentionsIn counts the loaded messages between two seqs that mention the user.
func (c *Client) mentionsIn(after, to int64) int { return c.timeline.Mentions(after, to) }

// startOver drops what is known of the room. The outbox stays.
func (c *Client) startOver() {
	c.catchup.Reset()
	c.timeline.Reset(c.rights.Me().ID)
	c.search.Restart()
	if c.lock != nil {
		clear(c.arriving)
		c.lock.StartOver()
	}
	c.step.Changed = true
}

// setTimer makes the one timer follow the earliest deadline.
func (c *Client) setTimer() {
	var next time.Time
	for _, part := range c.timed() {
		next = step.Earliest(next, part.Deadline())
	}
	if !next.Equal(c.timerAt) {
		c.timerAt = next
		c.step.Emit(client.SetTimer{At: next})
	}
}

func (c *Client) timerFired() {
	c.timerAt = time.Time{}
	for _, part := range c.timed() {
		part.Fire()
	}
}
