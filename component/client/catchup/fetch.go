package catchup

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// Fetch requests the most needed part that is missing. One request is under way at a time.
func (c *CatchUp) Fetch() {
	c.fetchAt = time.Time{}
	if !c.link.IsJoined() || c.needsToken {
		return
	}
	if c.rejoin {
		c.rejoin = false
		c.link.Join()
		return
	}
	switch {
	case !c.loaded:
		c.ask(Newest, client.PageQuery{Limit: protocol.PageMessagesDefault})
	case c.cursor < c.head:
		c.ask(Since, client.PageQuery{Since: c.cursor, HasSince: true, Limit: protocol.PageMessagesMax})
	default:
		c.reach()
		c.fetchPage()
	}
}

// fetchPage requests the page that the user has asked for, or else the pinned messages.
func (c *CatchUp) fetchPage() {
	q := client.PageQuery{Limit: protocol.PageMessagesDefault}
	switch c.page {
	case Nothing:
		if c.servesPinned && c.want != Pinned {
			if q, ok := c.window.AwaitPinned(); ok {
				c.ask(Pinned, q)
			}
		}
		return
	case c.want:
		return // under way
	case Around:
		if q.Around = c.target.Seq; q.Around == 0 {
			q.AroundID = c.target.ID
		}
	case Older:
		q.Before = c.window.Oldest()
	case Newer:
		q.After = c.window.Last()
	}
	c.window.AwaitWindow()
	c.ask(c.page, q)
}

// ask makes a request, unless one for the same want is under way.
func (c *CatchUp) ask(w Want, q client.PageQuery) {
	if c.want == w {
		return
	}
	c.want, c.floor, c.number = w, c.cursor, c.step.Request()
	c.step.Emit(client.FetchPage{Req: c.number, Token: c.link.Token(), Query: q})
}

// Load requests a page before or after the window, or the newest page.
func (c *CatchUp) Load(w Want) {
	possible := w == Older && c.window.MoreBefore() || w != Older && c.window.MoreAfter()
	if !possible || !c.loaded || c.page != Nothing || !c.link.IsJoined() {
		return
	}
	c.page, c.step.Changed = w, true
	c.Fetch()
}

// LoadAround requests the page around a message. It replaces any other page that the user has
// asked for.
func (c *CatchUp) LoadAround(to Target) {
	c.opening = false
	if c.want >= Older {
		c.want = Nothing
	}
	c.page, c.target, c.step.Changed = Around, to, true
	c.Fetch()
}

// OpenAround opens the chat at a message. Nothing is shown before
// the page around it has loaded.
func (c *CatchUp) OpenAround(to Target) { c.opening, c.page, c.target = true, Around, to }

// OpenAtEnd opens the chat with the newest page instead.
func (c *CatchUp) OpenAtEnd() { c.page = End }

// Opened ends the opening of the chat.
func (c *CatchUp) Opened() { c.opening, c.step.Changed = false, true }

// Target returns the message around which the last page was requested.
func (c *CatchUp) Target() Target { return c.target }

// answered ends the request with a number, and returns its subject.
func (c *CatchUp) answered(number int) Want {
	if number != c.number {
		return Nothing
	}
	w := c.want
	c.want = Nothing
	return w
}

// Loaded takes the answer to a request, and returns its subject. agrees is false if
// history and stream have different epochs, or history is behind the stream. Then
// the core starts over and calls Rejoin.
func (c *CatchUp) Loaded(number int, p *protocol.Page) (w Want, agrees bool) {
	w = c.answered(number)
	return w, w == Nothing || p.Epoch == c.epoch && !(p.Head < c.floor && c.loaded)
}

// Rejoin starts over with a join.
func (c *CatchUp) Rejoin() {
	c.rejoin = true
	c.fetchLater(0)
}

// AppliedNewest records that the newest page is applied.
func (c *CatchUp) AppliedNewest(p *protocol.Page) {
	c.loaded, c.step.Changed = true, true
	c.moveTo(p.Head)
	c.Next()
}

// AppliedSince records that a page of changes is applied.
func (c *CatchUp) AppliedSince(p *protocol.Page) {
	before, to := c.cursor, p.Head
	if n := len(p.Messages); p.More && n > 0 {
		to = p.Messages[n-1].Rev
	}
	c.head = max(c.head, p.Head)
	c.moveTo(to)
	if c.cursor == before && c.cursor < c.head {
		c.fetchLater(0) // history is behind the stream
		return
	}
	c.Next()
}

// TakePage records that the page of the user is applied. The core may request
// another page before it calls Next.
func (c *CatchUp) TakePage() { c.page, c.step.Changed = Nothing, true }

// Next continues after a page.
func (c *CatchUp) Next() {
	c.tries = 0
	c.Fetch()
}

// Failed handles the failure of a request. It returns Around or Pinned if the relay does not
// serve that page. The core goes on without it, and then calls Fetch.
func (c *CatchUp) Failed(ev client.RequestFailed) (unserved Want) {
	w := c.answered(ev.Req)
	if w == Nothing {
		return Nothing
	}
	optional := w >= Around && ev.Status >= 400 && ev.Status < 500 && ev.Status != 429
	switch status := ev.Status; {
	case status == 401:
		c.tries++
		if c.tries >= step.RefusalsMax {
			c.link.End(client.StatusNotAllowed, "the relay refuses the token")
			return Nothing
		}
		c.needsToken = true
		c.link.TokenRefused()
	case optional || w == Around && c.opening: // the opening of the chat does not wait for another try
		return w
	case status == 403:
		c.link.End(client.StatusNotAllowed, "the relay does not open this room's history")
	case status == 404:
		c.link.End(client.StatusNotAllowed, "the relay does not know this room")
	default:
		c.fetchLater(step.NamedWait(ev.RetryAfterMs))
	}
	return Nothing
}

// fetchLater schedules the next try.
func (c *CatchUp) fetchLater(atLeast time.Duration) {
	c.tries++
	c.fetchAt = c.step.Now.Add(max(atLeast, c.step.Jitter(c.tries)))
}

// TokenGot continues a request that waits for a token.
func (c *CatchUp) TokenGot() {
	if c.needsToken {
		c.needsToken = false
		c.Fetch()
	}
}

// Wake ends a wait and tries again.
func (c *CatchUp) Wake() {
	if !c.fetchAt.IsZero() {
		c.Fetch()
	}
}

// Deadline returns the time of the next call of Fire.
func (c *CatchUp) Deadline() time.Time { return c.fetchAt }

// Fire makes a request that is due.
func (c *CatchUp) Fire() {
	if c.step.Due(&c.fetchAt) {
		c.Fetch()
	}
}
