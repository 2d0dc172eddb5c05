package request

import (
	"slices"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// reviewPage is the number of reports in one request.
const reviewPage = 50

// Review is the queue of reports while a moderator looks at it. Its requests use REST. It is read
// again whenever it may have changed, because other moderators close reports, too. NewReview
// returns one.
type Review struct {
	step   *step.Step
	tokens step.Tokens

	queue  *client.Queue // never changed in place; nil: the queue is hidden
	before int64         // the last request is for the reports before this one; 0: for the newest
	state  protocol.ReportState
	stale  bool  // the queue has changed since the last request
	open   int64 // the number of open reports

	inquiry inquiry
}

// NewReview returns a hidden review.
func NewReview(s *step.Step, tokens step.Tokens) *Review { return &Review{step: s, tokens: tokens} }

// Open shows the queue to a user who moderates, or hides it.
func (v *Review) Open(on, moderates bool) {
	v.inquiry = inquiry{}
	v.queue, v.before, v.state, v.stale = nil, 0, "", false
	v.step.Changed = true
	if on && moderates {
		v.queue = &client.Queue{}
		v.read(0)
	}
}

// read requests the reports before one, or, if that is 0, the newest, as many as
// are shown now.
func (v *Review) read(before int64) {
	v.before = before
	v.set(func(q *client.Queue) { q.Loading, q.Failed = true, false })
	v.ask()
}

// More asks for older reports, or for all again after a failure.
func (v *Review) More() {
	switch q := v.queue; {
	case q == nil || q.Loading || q.Closing != 0:
	case q.Failed:
		v.read(0)
	case q.More:
		v.read(q.Reports[len(q.Reports)-1].N)
	}
}

// Resolve closes a report. It cancels a page under way: the queue is read again
// afterwards.
func (v *Review) Resolve(ev client.ResolveReport) {
	q := v.queue
	if q == nil || q.Closing != 0 || indexReport(q, ev.N) < 0 {
		return
	}
	v.state = ev.State
	v.set(func(q *client.Queue) { q.Closing, q.Loading, q.Failed = ev.N, false, false })
	v.ask()
}

// TokenGot asks again if the review waits for a token.
func (v *Review) TokenGot() {
	if v.inquiry.waits {
		v.ask()
	}
}

// ask makes the pending request.
func (v *Review) ask() {
	number, token := v.inquiry.begin(v.step), v.tokens.Token()
	switch q := v.queue; {
	case q.Closing != 0:
		v.step.Emit(client.CloseReport{Req: number, Token: token, N: q.Closing, State: v.state})
	case v.before != 0:
		v.step.Emit(client.FetchReports{Req: number, Token: token, Before: v.before, Limit: reviewPage})
	default:
		v.stale = false
		v.step.Emit(client.FetchReports{Req: number, Token: token, Limit: max(reviewPage, len(q.Reports))})
	}
}

// set changes a copy of the queue, because snapshots share the old one.
//
//go:noinline
func (v *Review) set(change func(q *client.Queue)) {
	q := *v.queue
	change(&q)
	v.queue, v.step.Changed = &q, true
}

func indexReport(q *client.Queue, n int64) int {
	return slices.IndexFunc(q.Reports, func(r protocol.ReportEntry) bool { return r.N == n })
}

// Counted takes the number of open reports. It reads the queue again, now or as soon as it
// can, and closes it for a user who no longer moderates.
func (v *Review) Counted(open int64, moderates bool) {
	v.open, v.step.Changed = open, true
	switch q := v.queue; {
	case q == nil:
	case !moderates:
		v.Open(false, false)
	case q.Loading || q.Closing != 0:
		v.stale = true
	default:
		v.read(0)
	}
}

// awaits reports whether a number is that of the last request, and the queue is shown.
func (v *Review) awaits(number int) bool { return number == v.inquiry.number && v.queue != nil }

// Loaded takes a page of reports.
func (v *Review) Loaded(ev client.ReportsLoaded) {
	if !v.awaits(ev.Req) {
		return
	}
	v.inquiry.answered()
	v.set(func(q *client.Queue) {
		if v.before == 0 {
			q.Reports = nil
		}
		n := len(q.Reports)
		q.Reports = append(q.Reports[:n:n], ev.Reports...)
		q.Loading, q.More = false, ev.More && len(ev.Reports) > 0 && len(q.Reports) < client.ReviewMax
	})
	if v.stale {
		v.read(0)
	}
}

// Closed removes the report, and reads the queue again.
func (v *Review) Closed(ev client.ReportClosed) {
	if !v.awaits(ev.Req) {
		return
	}
	v.inquiry.answered()
	v.set(func(q *client.Queue) {
		if i := indexReport(q, q.Closing); i >= 0 {
			q.Reports = slices.Delete(slices.Clone(q.Reports), i, i+1)
		}
		q.Closing = 0
	})
	v.read(0)
}

// Failed handles the failure of a request.
func (v *Review) Failed(ev client.RequestFailed) {
	if !v.awaits(ev.Req) || v.inquiry.retries(ev.Status, v.tokens) {
		return
	}
	v.inquiry.answered()
	gone := v.queue.Closing != 0 && (ev.Status == 404 || ev.Status == 409)
	v.set(func(q *client.Queue) { q.Loading, q.Closing, q.Failed = false, 0, true })
	if gone { // another moderator was faster
		v.read(0)
	}
}

// Forget resets the review for another user.
func (v *Review) Forget() {
	v.Open(false, false)
	v.open = 0
}

// Show adds the reports to a snapshot.
func (v *Review) Show(s *client.Snapshot) { s.Reports, s.Queue = v.open, v.queue }
