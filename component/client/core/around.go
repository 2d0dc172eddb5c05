package core

import (
	"hallway/component/client"
	"hallway/protocol"
)

// around names a message to move the window to.
type around struct {
	seq int64
	id  string // where the seq is not known
}

// loadAround moves the window to a message, unless it is inside.
func (c *Client) loadAround(to around) {
	switch m := c.timeline.Known(to.id); {
	case c.timeline.Shows(to.id):
		return
	case m != nil && to.seq == 0:
		to.seq = m.Seq
	}
	switch {
	case !c.sync.loaded || !c.conn.IsJoined():
		c.step.Emit(client.Refused{Code: protocol.CodeUnavailable, Reason: "the chat is not connected", ID: to.id})
		return
	case to.seq > 0 && c.timeline.Holds(to.seq) || to.seq == 0 && to.id == "":
		return
	}
	c.openedAtUnread(false)
	if c.sync.want >= wantOlder { // one page at a time: this one in its place
		c.sync.want = wantNothing
	}
	c.sync.page, c.sync.around, c.step.Changed = wantAround, to, true
	c.fetch()
}

func (a around) query() client.PageQuery {
	q := client.PageQuery{Limit: protocol.PageMessagesDefault}
	if q.Around = a.seq; a.seq == 0 {
		q.AroundID = a.id
	}
	return q
}

// loadedAround takes the page around a message.
func (c *Client) loadedAround(p *protocol.Page) {
	to := c.sync.around
	here := len(p.Messages) > 0
	if to.seq == 0 {
		here = false
		for i := range p.Messages {
			here = here || p.Messages[i].ID == to.id
		}
	}
	if !here {
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
	c.sync.page, c.step.Changed = wantNothing, true
	c.timeline.WindowFailed()
	if c.reading.opening {
		c.openedAtUnread(false)
		return
	}
	c.step.Emit(client.Refused{Code: protocol.CodeNotFound, Reason: "the message is not there", ID: c.sync.around.id})
}
