package core

import (
	"strings"

	"hallway/component/client"
	"hallway/protocol"
)

// search is what the user looks for. It is asked for beside the history, over
// whatever connection there is.
type search struct {
	found *client.Found // nil: nothing; never changed in place
	req   int           // the last request's number
	aside aside         // changes that came while it is on its way

	tokenWait
}

// look begins a search, or ends it where there are no words.
func (c *Client) look(words string) {
	words = strings.TrimSpace(words)
	c.search = search{req: c.search.req + 1}
	c.changed = true
	if words != "" {
		c.search.found = &client.Found{Words: words}
		c.lookOn()
	}
}

// lookMore asks for older results, or again after a failure.
func (c *Client) lookMore() {
	if f := c.search.found; f != nil && !f.Loading && (f.More || f.Failed) {
		c.lookOn()
	}
}

// lookOn asks for what follows the results that are here.
func (c *Client) lookOn() {
	s := &c.search
	s.needsToken = false
	s.req++
	s.aside = aside{}
	c.setFound(func(f *client.Found) { f.Loading, f.Failed = true, false })
	q := client.PageQuery{Words: s.found.Words, Limit: protocol.PageMessagesDefault}
	if n := len(s.found.Messages); n > 0 {
		q.Before = s.found.Messages[n-1].Seq
	}
	c.emit(client.FetchFound{Req: s.req, Token: c.auth.token, Query: q})
}

// setFound changes a copy, since snapshots have the other.
func (c *Client) setFound(change func(f *client.Found)) {
	f := *c.search.found
	change(&f)
	c.search.found, c.changed = &f, true
}

func (c *Client) foundLoaded(ev client.FoundLoaded) {
	s := &c.search
	if ev.Req != s.req || s.found == nil || !s.found.Loading {
		return
	}
	if s.aside == nil {
		c.lookOn() // too much came meanwhile
		return
	}
	own := &c.timeline.own
	own.readMine(ev.Page.Messages)
	c.setFound(func(f *client.Found) {
		n := len(f.Messages)
		f.Messages = f.Messages[:n:n]
		for i := range ev.Page.Messages {
			m := s.aside.current(&ev.Page.Messages[i], own)
			if known := c.known(m.ID); known != nil && known.Rev > m.Rev {
				m = known
			}
			if !m.Deleted() && find(f.Messages, m.ID) == nil {
				f.Messages = append(f.Messages, m)
			}
		}
		f.Loading = false
		f.More = ev.Page.More && len(f.Messages) > n && len(f.Messages) < client.FoundMax
	})
	s.aside, s.refusals = nil, 0
}

func (c *Client) foundFailed(ev client.FoundFailed) {
	s := &c.search
	if ev.Req != s.req || s.found == nil || !s.found.Loading {
		return
	}
	if ev.Status == 401 && c.waitsForToken(&s.tokenWait) {
		return
	}
	s.aside, s.refusals = nil, 0
	c.setFound(func(f *client.Found) { f.Loading, f.Failed = false, true })
}

// followFound keeps the results as the stream tells.
func (c *Client) followFound(m *protocol.Message, whole bool) {
	s := &c.search
	if s.found == nil {
		return
	}
	s.aside.put(m)
	i := indexOf(s.found.Messages, m.ID)
	if i < 0 {
		return
	}
	old := s.found.Messages[i]
	if m = c.timeline.own.newer(old, m, whole); m == old {
		return
	}
	c.setFound(func(f *client.Found) {
		messages := make([]*protocol.Message, 0, len(f.Messages))
		messages = append(messages, f.Messages[:i]...)
		if !m.Deleted() {
			messages = append(messages, m)
		}
		f.Messages = append(messages, f.Messages[i+1:]...)
	})
}
