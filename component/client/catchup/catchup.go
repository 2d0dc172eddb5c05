package catchup

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
)

// Want is the subject of a request.
type Want uint8

// The wants. An older relay may not serve those from Around on.
const (
	Nothing Want = iota
	Newest
	Since
	Older
	Newer
	End
	Around
	Pinned
)

// Link is the connection as this package sees it.
type Link interface {
	// IsJoined reports whether the chat receives the room's stream.
	IsJoined() bool
	// Join asks for the room's head again.
	Join()
	step.Tokens
	// End stops the chat.
	End(final client.Status, reason string)
}

// Window is the timeline as this package sees it.
type Window interface {
	// Oldest and Last return the seqs of the first and the last message, or 0.
	Oldest() int64
	Last() int64
	// MoreBefore and MoreAfter report whether the relay has messages beyond.
	MoreBefore() bool
	MoreAfter() bool
	// AwaitWindow tells the timeline that a page of the window was requested.
	AwaitWindow()
	// AwaitPinned returns the query for pinned messages; ok is false if none are missing.
	AwaitPinned() (q client.PageQuery, ok bool)
}

// Target is a message to move the window to.
type Target struct {
	Seq int64
	ID  string // if the seq is not known
}

// CatchUp compares the timeline with the room's head and reads missing parts. New returns one.
type CatchUp struct {
	step   *step.Step
	link   Link
	window Window

	servesPinned bool // the relay serves the list of pinned messages

	state
	request
}

// request is the state of requests for history.
type request struct {
	number     int       // of the request under way
	floor      int64     // the cursor at the time of the request: the page must be at least as new
	want       Want      // the subject of the request under way; Nothing: none
	fetchAt    time.Time // the next try after a failure
	tries      int       // failures in a row
	rejoin     bool      // the next try starts with a join, because history and stream disagree
	needsToken bool      // the next request waits for a new token
	page       Want      // the page that the user has asked for; Nothing: none
	target     Target    // the message around which that page is, if page is Around
}

// New returns a CatchUp without any history.
func New(s *step.Step, link Link, window Window) *CatchUp {
	return &CatchUp{step: s, link: link, window: window}
}

// Reset forgets all state of the room.
func (c *CatchUp) Reset() {
	c.state = state{}
	c.request = request{tries: c.tries}
}

// Interrupt forgets the requests of a connection. Applied changes stay.
func (c *CatchUp) Interrupt() {
	c.want, c.page = Nothing, Nothing
	c.fetchAt, c.tries = time.Time{}, 0
	c.rejoin, c.needsToken, c.reached, c.opening = false, false, false, false
}

// SetServesPinned sets whether the relay serves the list of pinned messages.
func (c *CatchUp) SetServesPinned(serves bool) { c.servesPinned = serves }

// Joined sets the head that the relay has named, and fetches what is missing.
func (c *CatchUp) Joined(epoch string, head int64) {
	c.epoch = epoch
	c.head = max(c.head, head)
	c.Fetch()
	c.streamed = head
}

// Streamed continues after a change from the stream was recorded.
func (c *CatchUp) Streamed() {
	switch {
	case c.IsCaughtUp():
		c.reach() // perhaps before the page under way has come
		if c.want == Nothing && c.fetchAt.IsZero() {
			c.Fetch()
		}
	case c.loaded && c.fetchAt.IsZero():
		// All chats of a room may have missed the same change.
		c.fetchAt = c.step.Now.Add(c.step.Jitter(0))
	}
}

// reach records that the chat has caught up on this connection.
func (c *CatchUp) reach() {
	if !c.reached && c.IsLoaded() {
		c.reached, c.step.Changed = true, true
	}
}
