package core

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/component/client/timeline"
	"hallway/protocol"
)

// catchUp is how far the timeline has come against the room's head.
type catchUp struct {
	epoch  string
	loaded bool  // the first history is here
	cursor int64 // every change up to this rev is applied
	head   int64 // the highest rev that the chat was told of
	// ahead holds the revs above the cursor that came already, beyond a gap, each
	// with its message's id.
	ahead map[int64]string
	// reached: caught up at least once on this connection, so that own messages
	// may be written.
	reached bool
	// streamed is the highest rev that this connection was told of in its order: a
	// message that comes at one no higher is an answer to this connection alone.
	streamed int64

	req        int       // the last request's number
	floor      int64     // the cursor when it was made: history must know as much
	want       want      // what it asks for; wantNothing: none is under way
	fetchAt    time.Time // the next try of a failed one
	tries      int       // failures in a row
	rejoin     bool      // … which begins with a join, since history and stream disagree
	needsToken bool      // … or waits for a fresh token
	page       want      // a page that people asked for, one at a time
	around     around    // … and around what
}

// want is what a history request asks for.
type want uint8

const (
	wantNothing want = iota
	wantNewest
	wantSince
	wantOlder
	wantNewer
	wantEnd
	wantAround
	wantPinned
)

// interrupt forgets what hangs on a connection. What is applied stays.
func (s *catchUp) interrupt() {
	s.req++
	s.want = wantNothing
	s.fetchAt, s.tries = time.Time{}, 0
	s.rejoin, s.needsToken, s.reached = false, false, false
	s.page = wantNothing
}

// note takes the rev of a change that was applied from the stream.
func (s *catchUp) note(rev int64, id string) {
	s.head = max(s.head, rev)
	if rev <= s.cursor {
		return
	}
	if s.ahead == nil {
		s.ahead = map[int64]string{}
	}
	if len(s.ahead) < aheadMax {
		s.ahead[rev] = id
	}
	s.moveTo(s.cursor)
}

// overtaken reports whether a newer state of m came from beyond the gap.
func (s *catchUp) overtaken(m *protocol.Message) bool {
	for rev, id := range s.ahead {
		if rev > m.Rev && id == m.ID {
			return true
		}
	}
	return false
}

// moveTo sets the cursor, at least to rev, and over all that came ahead.
func (s *catchUp) moveTo(rev int64) {
	if rev > s.cursor {
		s.cursor = rev
		for r := range s.ahead {
			if r <= rev {
				delete(s.ahead, r)
			}
		}
	}
	for s.loaded {
		if _, ok := s.ahead[s.cursor+1]; !ok {
			break
		}
		s.cursor++
		delete(s.ahead, s.cursor)
	}
	s.head = max(s.head, s.cursor)
}

func (c *Client) caughtUp() bool { return c.sync.loaded && c.sync.cursor >= c.sync.head }

// catchUpTo goes for the head that joined has named.
func (c *Client) catchUpTo(epoch string, head int64) {
	s := &c.sync
	if s.epoch != epoch || s.loaded && head < s.cursor {
		c.startOver()
	}
	s.epoch = epoch
	s.head = max(s.head, head)
	c.fetch()
}

// startOver drops what is known of the room. The outbox stays.
func (c *Client) startOver() {
	c.sync = catchUp{req: c.sync.req + 1, tries: c.sync.tries}
	c.timeline = timeline.New(c.me.ID)
	c.openedAtUnread(false)
	if c.search.words != "" {
		c.searchFor(c.search.words)
	}
	c.step.Changed = true
}

// fetch asks for what is missing, the most needed first. One request is under
// way at a time.
func (c *Client) fetch() {
	s := &c.sync
	s.fetchAt = time.Time{}
	if !c.conn.IsJoined() || s.needsToken {
		return
	}
	if s.rejoin {
		s.rejoin = false
		c.conn.Join()
		return
	}
	switch {
	case !s.loaded:
		c.request(wantNewest, client.PageQuery{Limit: protocol.PageMessagesDefault})
	case s.cursor < s.head:
		c.request(wantSince, client.PageQuery{Since: s.cursor, HasSince: true, Limit: protocol.PageMessagesMax})
	default:
		c.reached()
		c.fetchPage()
	}
}

// fetchPage asks for the page that people want to see, or else for what is
// needed least.
func (c *Client) fetchPage() {
	q := client.PageQuery{Limit: protocol.PageMessagesDefault}
	switch c.sync.page {
	case wantNothing:
		if c.servesPinned && c.sync.want != wantPinned {
			if q, ok := c.timeline.AwaitPinned(); ok {
				c.request(wantPinned, q)
			}
		}
		return
	case c.sync.want:
		return // under way
	case wantAround:
		q = c.sync.around.query()
	case wantOlder:
		q.Before = c.timeline.Oldest()
	case wantNewer:
		q.After = c.timeline.Last()
	}
	c.timeline.AwaitWindow()
	c.request(c.sync.page, q)
}

// request asks once for each thing wanted.
func (c *Client) request(w want, q client.PageQuery) {
	if c.sync.want == w {
		return
	}
	c.sync.want, c.sync.floor = w, c.sync.cursor
	c.sync.req++
	c.step.Emit(client.FetchPage{Req: c.sync.req, Token: c.conn.Token(), Query: q})
}

// reached notes that the chat has caught up on this connection.
func (c *Client) reached() {
	if !c.sync.reached && c.loaded() {
		c.sync.reached, c.step.Changed = true, true
	}
}

// streamed takes a change from the live stream.
func (c *Client) streamed(f protocol.Changed) {
	if f.Message.Room != c.cfg.Room || !c.conn.IsJoined() {
		return
	}
	m := &f.Message
	ch := c.changes.writtenTo(m.ID)
	if m.Rev <= c.sync.streamed && f.Cause == nil && ch != nil && ch.kind == changeReaction {
		cause := ch.cause(c.me.ID) // it was so before
		f.Cause = &cause
	}
	c.sync.streamed = max(c.sync.streamed, m.Rev)
	guessed := c.timeline.Live(m, f.Cause)
	c.apply(m, false)
	if guessed && m.Pinned {
		c.timeline.PinnedUnsure()
	}
	if ch != nil {
		c.changeAnswered(ch, m, f.Cause)
	}
	if m.Seq == m.Rev {
		c.stopTyping(func(t typist) bool { return t.user.ID == m.Sender.ID })
		if m.Sender.ID == c.me.ID {
			c.waitNext() // counted from when the relay stored it, so no earlier than now
		}
	}
	c.sync.note(m.Seq, m.ID) // whatever the message has become since it was made
	c.sync.note(m.Rev, m.ID)
	switch {
	case c.caughtUp():
		c.reached() // perhaps before the page that is on its way
		if c.sync.want == wantNothing && c.sync.fetchAt.IsZero() {
			c.fetch()
		}
	case c.sync.loaded && c.sync.fetchAt.IsZero():
		c.fetch()
	}
}

// apply takes a message as it stands at a rev, live or whole from history.
func (c *Client) apply(m *protocol.Message, whole bool) {
	mine := m.Sender.ID == c.me.ID
	if mine {
		c.outbox.Acknowledge(m, c.sync.epoch)
	}
	_, ahead := c.sync.ahead[m.Seq]
	isNew := m.Seq > c.sync.cursor && !ahead && !c.timeline.Shows(m.ID)
	if c.timeline.Apply(m, whole, c.sync.overtaken(m)) {
		c.step.Changed = true
	}
	if isNew && !mine && c.sync.loaded && !m.Deleted() {
		if c.hidden {
			c.setUnread(c.unread + 1)
		}
		c.step.Emit(client.Arrived{Message: m})
	}
}

func (c *Client) pageLoaded(ev client.PageLoaded) {
	s := &c.sync
	if ev.Req != s.req || s.want == wantNothing {
		return
	}
	wanted := s.want
	s.want = wantNothing
	if ev.Page.Epoch != s.epoch || ev.Page.Head < s.floor && s.loaded {
		c.disagree()
		return
	}
	switch wanted {
	case wantNewest:
		c.loadedNewest(&ev.Page)
	case wantSince:
		before := s.cursor
		c.loadedSince(&ev.Page)
		if s.cursor == before && s.cursor < s.head {
			c.fetchLater(0) // history knows less than the stream told: not yet
			return
		}
	case wantPinned:
		if c.timeline.AddPinned(&ev.Page) {
			c.step.Changed = true
		}
	default:
		c.loadedPage(wanted, &ev.Page)
	}
	s.tries = 0
	c.fetch()
}

// disagree drops all and begins with a join anew: history and stream are not of
// the same life of the room, or one is behind the other.
func (c *Client) disagree() {
	c.startOver()
	c.sync.rejoin = true
	c.fetchLater(0)
}

func (c *Client) loadedNewest(p *protocol.Page) {
	for i := range p.Messages {
		c.apply(&p.Messages[i], true)
	}
	c.timeline.Begin(p.Messages, p.More)
	c.outbox.DropSent()
	c.openAtUnread()
	c.sync.loaded, c.step.Changed = true, true
	c.sync.moveTo(p.Head)
}

func (c *Client) loadedSince(p *protocol.Page) {
	for i := range p.Messages {
		c.apply(&p.Messages[i], true)
	}
	to := p.Head
	if n := len(p.Messages); p.More && n > 0 {
		to = p.Messages[n-1].Rev
	}
	c.sync.head = max(c.sync.head, p.Head)
	c.sync.moveTo(to)
}

// loadedPage takes a page that people wanted to see. A message of one's own
// that it brings is as good as its echo.
func (c *Client) loadedPage(wanted want, p *protocol.Page) {
	if !c.timeline.AwaitsWindow() {
		return // too much came meanwhile: fetch asks again
	}
	c.sync.page, c.step.Changed = wantNothing, true
	switch wanted {
	case wantOlder:
		c.timeline.Prepend(p.Messages, p.More)
	case wantNewer:
		c.timeline.Extend(p.Messages)
	case wantEnd:
		c.timeline.Jump(p.Messages, p.More, false)
		c.openedAtUnread(false)
	case wantAround:
		c.loadedAround(p)
	}
	for i := range p.Messages {
		if m := &p.Messages[i]; m.Sender.ID == c.me.ID {
			c.outbox.Acknowledge(m, c.sync.epoch)
		}
	}
}

func (c *Client) pageFailed(ev client.PageFailed) {
	s := &c.sync
	if ev.Req != s.req || s.want == wantNothing {
		return
	}
	wanted := s.want
	s.want = wantNothing
	optional := wanted >= wantAround && ev.Status >= 400 && ev.Status < 500 && ev.Status != 429
	switch status := ev.Status; {
	case status == 401:
		s.tries++
		if s.tries >= step.RefusalsMax {
			c.conn.End(client.StatusNotAllowed, "the relay refuses the token")
			return
		}
		s.needsToken = true
		c.conn.TokenRefused()
	case optional || wanted == wantAround && c.reading.opening: // … which nobody shall wait for
		c.notServed(wanted)
	case status == 403:
		c.conn.End(client.StatusNotAllowed, "the relay does not open this room's history")
	case status == 404:
		c.conn.End(client.StatusNotAllowed, "the relay does not know this room")
	default:
		c.fetchLater(step.NamedWait(ev.RetryAfterMs))
	}
}

// notServed goes on without what a relay need not have.
func (c *Client) notServed(wanted want) {
	if wanted == wantPinned {
		c.timeline.NoPinned()
	} else {
		c.notAround()
	}
	c.fetch()
}

func (c *Client) fetchLater(atLeast time.Duration) {
	c.sync.tries++
	c.sync.fetchAt = c.step.Now.Add(max(atLeast, c.step.Jitter(c.sync.tries)))
}

// load asks for a page beyond the window, or for the newest.
func (c *Client) load(w want) {
	possible := w == wantOlder && c.timeline.MoreBefore() || w != wantOlder && c.timeline.MoreAfter()
	if !possible || !c.sync.loaded || c.sync.page != wantNothing || !c.conn.IsJoined() {
		return
	}
	c.sync.page, c.step.Changed = w, true
	c.fetch()
}
