package request

import (
	"cmp"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// changeOf returns the unanswered change of a message, or nil.
func (q *Queue) changeOf(id string) *request {
	for _, r := range q.list {
		if !r.kind.isAct() && r.id == id && r.inFlight() {
			return r
		}
	}
	return nil
}

// oldestChange returns the oldest unanswered change, or nil.
func (q *Queue) oldestChange() *request {
	var oldest *request
	for _, r := range q.list {
		if !r.kind.isAct() && r.inFlight() && (oldest == nil || r.writtenAt.Before(oldest.writtenAt)) {
			oldest = r
		}
	}
	return oldest
}

// actInFlight returns the unanswered act, or nil.
func (q *Queue) actInFlight() *request {
	for _, r := range q.list {
		if r.kind.isAct() && r.inFlight() {
			return r
		}
	}
	return nil
}

// Cause returns the cause of an unanswered reaction, or nil if m cannot be its answer. m may answer a message that was sent again.
func (q *Queue) Cause(m *protocol.Message, me string) *protocol.Cause {
	if r := q.changeOf(m.ID); r != nil && r.kind == react && r.maySay(m, me) {
		cause := r.cause(me)
		return &cause
	}
	return nil
}

// Streamed ends a change that a message from the stream answers. A reaction is answered by its
// cause, and any other change by the message's state.
func (q *Queue) Streamed(m *protocol.Message, cause *protocol.Cause, me string) {
	r := q.changeOf(m.ID)
	if r != nil && (r.kind != react && r.shownBy(m) || r.kind == react && cause != nil && *cause == r.cause(me)) {
		q.noteDone(r)
		q.end(r)
	}
}

// Moderated takes the frame about an act, and reports whether this page has asked for the act.
func (q *Queue) Moderated(act protocol.Act, user string) bool {
	r := q.actInFlight()
	ours := r != nil && r.kind == moderate && r.act == act && r.user == user
	if ours {
		q.end(r)
	}
	return ours
}

// Reported ends the report of a message: the moderators have it.
func (q *Queue) Reported(id string) {
	if r := q.actInFlight(); r != nil && r.kind == report && r.id == id {
		q.end(r)
		q.step.Emit(client.Reported{ID: id})
	}
}

// SettingsChanged ends a change of the room's settings.
func (q *Queue) SettingsChanged() {
	if r := q.actInFlight(); r != nil && r.kind == settings {
		q.end(r)
	}
}

// ActRefused handles the refusal of the act under way.
func (q *Queue) ActRefused(f *protocol.Error) {
	if r := q.actInFlight(); r != nil && types[r.kind] == f.Of {
		q.end(r)
		q.refuse(r, f.Code, f.Message)
	}
}

// ChangeRefused handles the refusal of a change. It returns false if no such change is unanswered.
func (q *Queue) ChangeRefused(f *protocol.Error) bool {
	r := q.changeOf(f.ID)
	if r == nil {
		return false
	}
	// In slow mode the wait is long, and would stop all other changes.
	if !f.Code.Retryable() || f.Why == protocol.WhySlowMode {
		q.end(r)
		q.step.Emit(client.Refused{Code: f.Code, Reason: cmp.Or(f.Message, string(f.Code)), ID: r.id, Why: f.Why})
		return true
	}
	r.writtenAt = time.Time{}
	r.noteStale(f)
	q.resumeAt = q.step.ResendAt(q.resumeAt, f)
	return true
}

// FailOldest drops the oldest unanswered change.
func (q *Queue) FailOldest(code protocol.Code, reason string) {
	if r := q.oldestChange(); r != nil {
		q.end(r)
		q.refuse(r, code, reason)
	}
}
