package core

import (
	"slices"

	"hallway/component/client"
	"hallway/component/client/catchup"
	"hallway/protocol"
)

// messageStreamed takes a message from the live stream.
func (c *Client) messageStreamed(f *protocol.Changed) {
	m, cause := &f.Message, f.Cause
	me := c.rights.Me().ID
	if c.catchup.Echo(m.Rev) && cause == nil {
		cause = c.requests.Cause(m.ID, me) // the reaction was so before
	}
	guessed := c.timeline.Live(m, cause)
	c.apply(m, false)
	if guessed && m.Pinned {
		c.timeline.PinnedUnsure()
	}
	c.requests.Streamed(m, cause, me)
	if m.Seq == m.Rev {
		c.typing.Stopped(m.Sender.ID)
		if m.Sender.ID == me {
			c.rights.Pause() // counted from when the relay stored it, so no earlier than now
		}
	}
	if f.After != nil {
		c.catchup.Covered(*f.After, m.Rev)
	}
	c.catchup.Note(m.Seq, m.ID) // whatever the message has become since it was made
	c.catchup.Note(m.Rev, m.ID)
	c.catchup.Streamed()
}

// apply takes a message as it stands at a rev, live or whole from history.
func (c *Client) apply(m *protocol.Message, whole bool) {
	mine := m.Sender.ID == c.rights.Me().ID
	if mine {
		c.outbox.Acknowledge(m, c.catchup.Epoch())
	}
	isNew := c.catchup.IsNew(m.Seq) && !c.timeline.Shows(m.ID)
	was := c.timeline.Known(m.ID)
	if c.timeline.Apply(m, whole, c.catchup.Overtaken(m)) {
		c.step.Changed = true
	}
	if is := c.timeline.Known(m.ID); was != nil && is != nil && !whole && !mine {
		me := c.rights.Me().ID
		c.reading.Edited(m.Seq, protocol.MentionsUser(was.Mentions, me), protocol.MentionsUser(is.Mentions, me))
	}
	switch {
	case !isNew || mine || !c.catchup.HasHistory() || m.Deleted():
	case c.lock != nil && m.Encrypted != nil:
		c.arriving[m.ID] = !whole
	default:
		c.arrived(m, !whole)
	}
}

// pageLoaded takes a page of history.
func (c *Client) pageLoaded(ev client.PageLoaded) {
	p := &ev.Page
	wanted, agrees := c.catchup.Loaded(ev.Req, p)
	if !agrees {
		c.startOver()
		c.catchup.Rejoin()
		return
	}
	switch wanted {
	case catchup.Nothing: // the answer to an old request, or to a search
	case catchup.Newest:
		c.applyAll(p.Messages)
		c.timeline.Begin(p.Messages, p.More)
		c.outbox.Tabs.DropSent()
		c.openAtUnread()
		c.catchup.AppliedNewest(p)
	case catchup.Since:
		c.applyAll(p.Messages)
		c.catchup.AppliedSince(p)
	case catchup.Pinned:
		if c.timeline.AddPinned(p) {
			c.step.Changed = true
		}
		c.catchup.Next()
	default:
		c.pageWanted(wanted, p)
		c.catchup.Next()
	}
}

func (c *Client) applyAll(messages []protocol.Message) {
	for i := range messages {
		c.apply(&messages[i], true)
	}
}

// pageWanted takes a page that people wanted to see. A message of the user that it
// brings is as good as its echo.
func (c *Client) pageWanted(wanted catchup.Want, p *protocol.Page) {
	if !c.timeline.AwaitsWindow() {
		return // too much came meanwhile: it is asked for again
	}
	c.catchup.TakePage()
	switch wanted {
	case catchup.Older:
		c.timeline.Prepend(p.Messages, p.More)
	case catchup.Newer:
		c.timeline.Extend(p.Messages)
	case catchup.End:
		c.timeline.Jump(p.Messages, p.More, false)
		c.openedAtUnread(false)
	case catchup.Around:
		c.loadedAround(p)
	}
	for i := range p.Messages {
		if m := &p.Messages[i]; m.Sender.ID == c.rights.Me().ID {
			c.outbox.Acknowledge(m, c.catchup.Epoch())
		}
	}
}

// pageFailed goes on without what a relay need not serve.
func (c *Client) pageFailed(ev client.RequestFailed) {
	switch c.catchup.Failed(ev) {
	case catchup.Pinned:
		c.timeline.NoPinned()
	case catchup.Around:
		c.notAround()
	default:
		return
	}
	c.catchup.Fetch()
}

// loadAround moves the window to a message, unless it is inside.
func (c *Client) loadAround(to catchup.Target) {
	switch m := c.timeline.Known(to.ID); {
	case c.timeline.Shows(to.ID):
		return
	case m != nil && to.Seq == 0:
		to.Seq = m.Seq
	}
	switch {
	case !c.catchup.HasHistory() || !c.conn.IsJoined():
		c.step.Emit(client.Refused{Code: protocol.CodeUnavailable, Reason: "the chat is not connected", ID: to.ID})
	case to.Seq > 0 && c.timeline.Holds(to.Seq) || to.Seq == 0 && to.ID == "":
	default:
		c.catchup.LoadAround(to)
	}
}

// loadedAround takes the page around a message.
func (c *Client) loadedAround(p *protocol.Page) {
	to := c.catchup.Target()
	isTarget := func(m protocol.Message) bool { return to.Seq != 0 || m.ID == to.ID }
	if !slices.ContainsFunc(p.Messages, isTarget) {
		c.notAround()
		return
	}
	before, after := p.More, false
	if p.MoreBefore != nil && p.MoreAfter != nil {
		before, after = *p.MoreBefore, *p.MoreAfter
	}
	c.timeline.Jump(p.Messages, before, after)
	c.openedAtUnread(true)
}

// notAround gives the message up: the room does not have it, or the relay does
// not serve such pages.
func (c *Client) notAround() {
	c.catchup.TakePage()
	c.timeline.WindowFailed()
	if c.catchup.IsOpening() {
		c.openedAtUnread(false)
		return
	}
	c.step.Emit(client.Refused{Code: protocol.CodeNotFound, Reason: "the message is not there", ID: c.catchup.Target().ID})
}

// openAtUnread finds the first unread message once the first history is here. If it
// is older than that, the window moves to it before anything is shown.
func (c *Client) openAtUnread() {
	from, first := c.reading.Open()
	switch {
	case !first || from == 0: // opened before, or a newcomer
	case c.timeline.MoreBefore() && c.timeline.Oldest() > from+1:
		c.catchup.OpenAround(catchup.Target{Seq: from + 1})
	default:
		c.reading.SetFirstUnread(c.timeline.FirstOfOthers(from))
	}
}

// openedAtUnread ends that; here tells whether the page came. If it holds nothing of
// others, the chat opens at the end.
func (c *Client) openedAtUnread(here bool) {
	if !c.catchup.IsOpening() {
		return
	}
	if here {
		first := c.timeline.FirstOfOthers(c.reading.From())
		c.reading.SetFirstUnread(first)
		if first == 0 && c.timeline.MoreAfter() {
			c.catchup.OpenAtEnd()
			return
		}
	}
	c.catchup.Opened()
}
