package core

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/connection"
	"hallway/component/client/outbox"
	"hallway/component/client/step"
	"hallway/component/client/timeline"
	"hallway/protocol"
)

// The limits of the core.
const (
	// aheadMax is how many changes above a gap are remembered while it is filled;
	// beyond it they are fetched too.
	aheadMax = 1024
	// changesInFlightMax is how many changes are unanswered at a time.
	changesInFlightMax = 8
	// changeTriesMax is after how many connections without an answer a change is
	// dropped.
	changeTriesMax = 3
	// reviewPage is how many reports of the queue are asked for at a time.
	reviewPage = 50
	// requestsMax is how many acts, reports and changes of the room's settings may wait
	// for their answers; more are refused.
	requestsMax = 20
	// typistsMax is how many others are shown as writing.
	typistsMax = 20
)

// The times of a chat that the protocol leaves to the client.
const (
	// requestTimeout is how long an answer may be missing to an act, a report or a change
	// of the room's settings: to clear takes its time.
	requestTimeout = 30 * time.Second
	// typingEvery is how often the relay is told that the user writes, at most.
	typingEvery = 3 * time.Second
	// typingShown is how long someone is shown as writing after word of it.
	typingShown = 6 * time.Second
	// readEvery is how often the relay is told how far the user has read, at most.
	readEvery = 2 * time.Second
)

// Client is one chat. It is not safe for concurrent use: one owner steps it.
type Client struct {
	cfg  client.Config
	step step.Step

	conn     *connection.Connection
	sync     catchUp
	timeline *timeline.Timeline
	outbox   *outbox.Outbox
	changes  changes
	reading  reading
	typing   typing
	search   search

	moderation moderation
	review     review

	me           protocol.User
	servesPinned bool // the relay has a list of pinned messages
	limits       protocol.Limits
	members      int64
	unread       int

	hidden bool

	timerAt time.Time // of the last SetTimer; zero: none
	// Of the last Changed:
	told    client.Status
	retryAt time.Time
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
	c.conn = connection.New(&c.step, connection.Config{
		Room: cfg.Room, Client: cfg.Client,
		Down: c.interrupt, Forget: c.forget, User: c.knowUser,
	})
	c.outbox = outbox.New(&c.step, c.conn, cfg.Room)
	return c
}

// Step takes one event at a time now, which must not lie before that of the
// last step, and returns what to do, in order.
func (c *Client) Step(now time.Time, ev client.Event) []client.Effect {
	c.step.Begin(now)
	c.take(ev)
	c.flush()
	c.outbox.TellPeers()
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
	return c.step.Effects
}

// flush lets each part write what it may by now.
func (c *Client) flush() {
	if c.conn.IsDraining() && c.outbox.InFlight()+c.changes.inFlight() == 0 {
		c.conn.Lose()
	}
	if c.conn.IsJoined() && c.sync.reached && !c.conn.IsDraining() {
		if c.outbox.Flush(c.inFlightMax()) > 0 {
			c.waitNext()
		}
	}
	c.flushChanges()
	c.flushRequests()
	c.flushRead()
}

// inFlightMax returns how many messages may be in flight: one in slow mode, after
// which the next has to wait.
func (c *Client) inFlightMax() int {
	switch {
	case c.slow() == 0:
		return protocol.InFlightMax
	case c.moderation.nextSendAt.IsZero():
		return 1
	}
	return 0
}

// interrupt lets each part forget what hung on the connection.
func (c *Client) interrupt() {
	c.members = 0
	c.sync.interrupt()
	c.timeline.WindowFailed()
	c.timeline.PinnedFailed()
	c.openedAtUnread(false)
	c.outbox.Interrupt()
	c.changes.interrupt()
	c.typing = typing{}
	c.requestsLost(true)
}

// forget begins anew for another user: nothing of one user may show under the other.
func (c *Client) forget() {
	c.me = protocol.User{}
	c.outbox, c.changes = outbox.New(&c.step, c.conn, c.cfg.Room), changes{}
	c.reading, c.search = reading{}, search{req: c.search.req + 1}
	c.moderation, c.review = moderation{}, review{req: c.review.req + 1}
	c.startOver()
	c.setUnread(0)
}

// knowUser asks for what the user has left in the outbox.
func (c *Client) knowUser(id string) { c.step.Emit(client.LoadOutbox{User: id}) }

func (c *Client) setUnread(n int) {
	if c.unread != n {
		c.unread, c.step.Changed = n, true
	}
}

// setTimer makes the one timer follow the earliest deadline.
func (c *Client) setTimer() {
	next := step.Earliest(
		c.conn.Deadline(), c.outbox.Deadline(), c.sync.fetchAt,
		c.changeDue(), c.changes.resumeAt, c.typistDue(), c.readDue(),
		c.sanctionEnds(), c.moderation.nextSendAt, c.moderation.giveUp,
	)
	if !next.Equal(c.timerAt) {
		c.timerAt = next
		c.step.Emit(client.SetTimer{At: next})
	}
}

func (c *Client) timerFired() {
	c.timerAt = time.Time{}
	c.conn.Fire()
	c.outbox.Fire()
	if c.step.Due(&c.sync.fetchAt) {
		c.fetch()
	}
	if late, ok := c.step.Late(c.changeDue()); ok {
		c.changeLate(late)
	}
	if _, ok := c.step.Late(c.typistDue()); ok {
		c.typistsLate()
	}
	c.sanctionsEnd()
	if c.step.Due(&c.moderation.giveUp) {
		c.requestsLost(false)
	}
	// flushChanges goes on where this is over.
	c.step.Due(&c.changes.resumeAt)
	if c.step.Due(&c.moderation.nextSendAt) {
		c.step.Changed = true
	}
}
