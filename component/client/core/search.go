package core

import (
	"strings"

	"hallway/component/client"
	"hallway/protocol"
)

// search is what the user searches for. It is asked for beside the history, over
// whatever connection there is. The timeline keeps the results.
type search struct {
	words   string // "": the user does not search
	req     int    // the last request's number
	loading bool
	failed  bool
	more    bool // the relay has older results

	tokenWait
}

// searchFor begins a search, or ends it if there are no words.
func (c *Client) searchFor(words string) {
	c.search = search{req: c.search.req + 1, words: strings.TrimSpace(words)}
	c.timeline.ClearFound()
	c.step.Changed = true
	if c.search.words != "" {
		c.askFound()
	}
}

// searchMore asks for older results, or again after a failure.
func (c *Client) searchMore() {
	if s := &c.search; s.words != "" && !s.loading && (s.more || s.failed) {
		c.askFound()
	}
}

// askFound asks for what follows the results that are here.
func (c *Client) askFound() {
	s := &c.search
	s.needsToken = false
	s.req++
	s.loading, s.failed, c.step.Changed = true, false, true
	c.timeline.AwaitFound()
	q := client.PageQuery{Words: s.words, Limit: protocol.PageMessagesDefault}
	if found := c.timeline.Found(); len(found) > 0 {
		q.Before = found[len(found)-1].Seq
	}
	c.step.Emit(client.FetchFound{Req: s.req, Token: c.conn.Token(), Query: q})
}

func (c *Client) foundLoaded(ev client.FoundLoaded) {
	s := &c.search
	if ev.Req != s.req || !s.loading {
		return
	}
	added, ok := c.timeline.AddFound(ev.Page.Messages)
	if !ok {
		c.askFound() // too much came meanwhile
		return
	}
	s.loading, s.refusals, c.step.Changed = false, 0, true
	s.more = ev.Page.More && added > 0 && len(c.timeline.Found()) < client.FoundMax
}

func (c *Client) foundFailed(ev client.FoundFailed) {
	s := &c.search
	if ev.Req != s.req || !s.loading {
		return
	}
	if ev.Status == 401 && c.waitsForToken(&s.tokenWait) {
		return
	}
	c.timeline.FoundFailed()
	s.loading, s.failed, s.refusals, c.step.Changed = false, true, 0, true
}

// found returns what people see of the search, or nil if there is none.
func (c *Client) found() *client.Found {
	s := &c.search
	if s.words == "" {
		return nil
	}
	return &client.Found{Words: s.words, Messages: c.timeline.Found(), More: s.more, Loading: s.loading, Failed: s.failed}
}
