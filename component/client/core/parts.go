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

// parts holds the parts of a chat, and answers questions that concern several parts.
// To add a part, add it to begin and to each function below that calls all parts.
type parts struct {
	cfg  client.Config
	step step.Step

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
	lock     *lock.Lock // nil: the chat is not encrypted
	loads    *request.Loads

	timed []timed // the parts with deadlines, in the order in which they fire

	limits  protocol.Limits // the relay's limits
	members int64           // the number of users in the room
	// knowsMentions is true if the relay supports mentions and finds members by name.
	knowsMentions bool
	encrypted     bool // the room is encrypted
}

// timed is a part with deadlines.
type timed interface {
	// Deadline returns the time of the next call of Fire; zero: no deadline.
	Deadline() time.Time
	// Fire acts on passed deadlines.
	Fire()
}

// begin creates the parts. forget is called when a token of another user comes.
func (p *parts) begin(cfg client.Config, forget func()) {
	p.cfg = cfg
	p.step.Rand = cfg.Rand
	p.limits = protocol.Limits{TextBytes: protocol.TextBytesMax, FrameBytes: protocol.FrameBytesMax}
	s, room := &p.step, cfg.Room
	p.timeline = timeline.New("")
	p.conn = connection.New(s, connection.Config{
		Room: room, Client: cfg.Client,
		Down: p.interrupt, Forget: forget, Hold: cfg.Encrypted,
		Rejoined: func() { p.outbox.AwaitFlight() },
		User:     p.userKnown,
	})
	p.catchup = catchup.New(s, p.conn, p.timeline)
	p.outbox = outbox.New(s, p.conn, room)
	p.requests = request.New(s, p.conn, p.timeline, room)
	p.uploads = upload.New(s, p.conn, &p.outbox.Files)
	p.search = request.NewSearch(s, p.conn, &p.timeline.Results)
	p.review = request.NewReview(s, p.conn)
	p.people = request.NewPeople(s, p.conn)
	p.loads = request.NewLoads(s, p.conn)
	p.rights = people.NewRights(s, p.conn.BanEnded)
	p.reading = people.NewReading(s, p.conn, room)
	p.reading.Mentions = p.timeline.Mentions
	p.typing = people.NewTyping(s, p.conn, room)
	p.timed = []timed{p.conn, p.outbox, p.catchup, p.requests, p.typing, p.rights, p.reading, p.uploads}
}

// userKnown loads the user's outbox and device.
func (p *parts) userKnown(id string) {
	p.step.Emit(client.LoadOutbox{User: id})
	if p.lock != nil {
		p.lock.SetUser(id)
	}
}

// interrupt tells each part that the connection has ended.
func (p *parts) interrupt() {
	p.members = 0
	p.catchup.Interrupt()
	p.timeline.WindowFailed()
	p.timeline.PinnedFailed()
	p.outbox.Interrupt()
	p.typing.Interrupt()
	p.reading.Interrupt()
	p.requests.Interrupt()
	if p.lock != nil {
		p.lock.Interrupt()
	}
}

// forgetUser resets each part for another user.
func (p *parts) forgetUser() {
	p.uploads.Clear()
	p.outbox.Forget()
	if p.lock != nil {
		p.lock.Forget()
	}
	p.requests.Forget()
	p.rights.Forget()
	p.reading.Forget()
	p.review.Forget()
	p.people.Forget()
	p.loads.Forget()
	p.search.For("")
}

// tokenGot lets each part repeat the requests that waited for a token.
func (p *parts) tokenGot() {
	p.catchup.TokenGot()
	p.search.TokenGot()
	p.review.TokenGot()
	p.people.TokenGot()
	p.uploads.TokenGot()
	p.loads.TokenGot()
}

// mayWrite reports whether the chat has joined the room and caught up with it.
func (p *parts) mayWrite() bool { return p.conn.IsJoined() && p.catchup.HasReached() }

// state returns the state of the chat that package request needs.
func (p *parts) state() request.State {
	return request.State{
		Joined: p.conn.IsJoined(), CaughtUp: p.mayWrite(), Draining: p.conn.IsDraining(), Ended: p.conn.IsEnded(),
		Live: p.status() == client.StatusLive, TextBytes: p.limits.TextBytes,
		Encrypts: p.lock != nil, Kid: p.kid(),
	}
}

// kid returns the kid to seal messages under, or "" if there is none or the chat is not encrypted.
func (p *parts) kid() string {
	if p.lock == nil {
		return ""
	}
	return p.lock.Kid()
}

// status returns the state that the user sees.
func (p *parts) status() client.Status {
	return p.conn.Status(p.catchup.IsCaughtUp() && p.catchup.IsLoaded())
}

// nextTry returns the time of the next try to connect. It is zero if the chat tries now or is not reconnecting.
func (p *parts) nextTry() time.Time {
	if p.status() != client.StatusReconnecting {
		return time.Time{}
	}
	return p.conn.NextTry()
}

// composerOpen reports whether the user may write and send.
func (p *parts) composerOpen() bool {
	silenced, _ := p.rights.Silenced()
	if !p.catchup.IsLoaded() || !p.outbox.IsReady() || p.conn.IsEnded() || p.outbox.IsFull() || silenced != "" ||
		p.lock == nil && p.encrypted || p.lock != nil && !p.lock.MayWrite() {
		return false
	}
	return p.cfg.Offline == client.OfflineQueue || p.mayWrite()
}
