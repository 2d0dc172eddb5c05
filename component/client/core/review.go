package core

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// review is the queue of reports while a moderator looks at it. It is asked for beside
// the history, over whatever connection there is, by one request at a time. Whenever it
// may be another one it is read anew: others close reports too.
type review struct {
	queue  *client.Queue // nil: nobody looks; never changed in place
	req    int           // the last request's number
	before int64         // which reports it is about: those before this one; 0: the newest
	state  protocol.ReportState
	stale  bool // the queue has changed since it was asked for

	tokenWait
}

// openReview begins to show the queue, or ends it.
func (c *Client) openReview(on bool) {
	c.review = review{req: c.review.req + 1}
	c.step.Changed = true
	if on && client.Leads(c.me.Role) {
		c.review.queue = &client.Queue{}
		c.readQueue(0)
	}
}

// readQueue asks for the reports before one, or where that is 0 for the newest, as many
// as are shown.
func (c *Client) readQueue(before int64) {
	c.review.before = before
	c.setQueue(func(q *client.Queue) { q.Loading, q.Failed = true, false })
	c.askReview()
}

// reviewMore asks for older reports, or for all again after a failure.
func (c *Client) reviewMore() {
	switch q := c.review.queue; {
	case q == nil || q.Loading || q.Closing != 0:
	case q.Failed:
		c.readQueue(0)
	case q.More:
		c.readQueue(q.Reports[len(q.Reports)-1].N)
	}
}

// resolve closes a report. A page that is under way is given up for it: the queue is
// read anew behind it.
func (c *Client) resolve(ev client.ResolveReport) {
	q := c.review.queue
	if q == nil || q.Closing != 0 || indexReport(q, ev.N) < 0 {
		return
	}
	c.review.state = ev.State
	c.setQueue(func(q *client.Queue) { q.Closing, q.Loading, q.Failed = ev.N, false, false })
	c.askReview()
}

// askReview asks for what is wanted.
func (c *Client) askReview() {
	v := &c.review
	v.needsToken = false
	v.req++
	switch q := v.queue; {
	case q.Closing != 0:
		c.step.Emit(client.CloseReport{Req: v.req, Token: c.conn.Token(), N: q.Closing, State: v.state})
	case v.before != 0:
		c.step.Emit(client.FetchReports{Req: v.req, Token: c.conn.Token(), Before: v.before, Limit: reviewPage})
	default:
		v.stale = false
		c.step.Emit(client.FetchReports{Req: v.req, Token: c.conn.Token(), Limit: max(reviewPage, len(q.Reports))})
	}
}

// setQueue changes a copy, since snapshots have the other.
func (c *Client) setQueue(change func(q *client.Queue)) {
	q := *c.review.queue
	change(&q)
	c.review.queue, c.step.Changed = &q, true
}

func indexReport(q *client.Queue, n int64) int {
	return slices.IndexFunc(q.Reports, func(r protocol.ReportEntry) bool { return r.N == n })
}

// queueChanged reads the queue anew, or as soon as it can. Who moderates no longer sees
// it no longer.
func (c *Client) queueChanged() {
	switch q := c.review.queue; {
	case q == nil:
	case !client.Leads(c.me.Role):
		c.openReview(false)
	case q.Loading || q.Closing != 0:
		c.review.stale = true
	default:
		c.readQueue(0)
	}
}

// awaits reports whether an answer is to the last request, and somebody looks.
func (v *review) awaits(req int) bool { return req == v.req && v.queue != nil }

func (c *Client) reportsLoaded(ev client.ReportsLoaded) {
	v := &c.review
	if !v.awaits(ev.Req) {
		return
	}
	v.refusals = 0
	c.setQueue(func(q *client.Queue) {
		if v.before == 0 {
			q.Reports = nil
		}
		n := len(q.Reports)
		q.Reports = append(q.Reports[:n:n], ev.Reports...)
		q.Loading, q.More = false, ev.More && len(ev.Reports) > 0 && len(q.Reports) < client.ReviewMax
	})
	if v.stale {
		c.readQueue(0)
	}
}

// reportClosed takes the report out, and looks at what else has become of the queue.
func (c *Client) reportClosed(ev client.ReportClosed) {
	v := &c.review
	if !v.awaits(ev.Req) {
		return
	}
	v.refusals = 0
	c.setQueue(func(q *client.Queue) {
		if i := indexReport(q, q.Closing); i >= 0 {
			q.Reports = slices.Delete(slices.Clone(q.Reports), i, i+1)
		}
		q.Closing = 0
	})
	c.readQueue(0)
}

func (c *Client) reportsFailed(ev client.ReportsFailed) {
	v := &c.review
	if !v.awaits(ev.Req) {
		return
	}
	if ev.Status == 401 && c.waitsForToken(&v.tokenWait) {
		return
	}
	v.refusals = 0
	gone := v.queue.Closing != 0 && (ev.Status == 404 || ev.Status == 409)
	c.setQueue(func(q *client.Queue) { q.Loading, q.Closing, q.Failed = false, 0, true })
	if gone { // somebody else was quicker
		c.readQueue(0)
	}
}
