package request

import (
	"cmp"
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

const (
	// changesInFlightMax is the highest number of unanswered changes.
	changesInFlightMax = 8
	// editsMax is the number of remembered edits.
	editsMax = 100
	// changeTriesMax is the number of connections without an answer after which a change is
	// dropped.
	changeTriesMax = 3
	// actsMax is the highest number of acts in the queue. More are refused.
	actsMax = 20
	// actTimeout is the longest time for the answer to an act: clearing a room takes a while.
	actTimeout = 30 * time.Second
)

// Messages gives access to the known messages.
type Messages interface {
	// Known returns the newest known state of a message, or nil.
	Known(id string) *protocol.Message
	// SealedFiles returns the files of a decrypted message, with their keys.
	SealedFiles(id string) []protocol.SealedFile
}

// Queue holds the requests over the connection, in order. It is only in memory, and is lost with
// the page. New returns one.
type Queue struct {
	step     *step.Step
	link     step.Link
	messages Messages
	room     string

	list     []*request
	edits    []*request // in an encrypted chat: the last completed edit of each message
	resumeAt time.Time  // no change is written before this time, because the relay has refused one
}

// New returns an empty queue.
func New(s *step.Step, link step.Link, messages Messages, room string) *Queue {
	return &Queue{step: s, link: link, messages: messages, room: room}
}

// Forget drops all requests, for another user.
func (q *Queue) Forget() { q.list, q.edits, q.resumeAt = nil, nil, time.Time{} }

// State is the state of the chat that the queue needs.
type State struct {
	Joined   bool // the chat receives the room's stream
	CaughtUp bool // the chat has joined the room and caught up
	Draining bool // the relay is shutting down: nothing new is written
	Ended    bool // the chat has ended for good
	Live     bool

	TextBytes int64 // the relay's limit

	Encrypts bool   // the chat is encrypted
	Kid      string // the kid to seal under; "": none
}

// Ask queues the request of an event. A change replaces all waiting changes of the same kind: two may
// wait after the first was written on a lost connection.
func (q *Queue) Ask(ev client.Event, s State) {
	r := requestFor(q.room, ev)
	last := -1
	for i, old := range q.list {
		if r.replaces(old) {
			last = i
			r.unsure = r.unsure || old.written || old.unsure
		}
	}
	if code, reason := q.refusal(r, last >= 0, s); code != "" {
		q.refuse(r, code, reason)
		return
	}
	if last >= 0 {
		q.list[last] = r
		q.list = slices.DeleteFunc(q.list, func(old *request) bool { return old != r && r.replaces(old) })
	} else {
		q.list = append(q.list, r)
	}
	q.step.Changed = q.step.Changed || !r.kind.isAct()
}

// refusal returns the reason to refuse a request, or "".
func (q *Queue) refusal(r *request, replaces bool, s State) (code protocol.Code, reason string) {
	if r.kind == edit {
		code, reason = protocol.CheckText(r.text, s.TextBytes)
	}
	if code == "" && r.kind == edit && s.Encrypts && !q.takeContent(r) {
		code, reason = protocol.CodeNotFound, "the message does not exist or cannot be decrypted"
	}
	n := 0
	for _, other := range q.list {
		if other.kind.isAct() == r.kind.isAct() {
			n++
		}
	}
	switch {
	case code != "":
		return code, reason
	case r.kind.isAct() && !s.Live:
		return protocol.CodeUnavailable, "the chat is not connected"
	case r.kind.isAct() && n >= actsMax:
		return protocol.CodeUnavailable, "too many requests are waiting"
	case s.Ended:
		return protocol.CodeForbidden, "the chat has ended"
	case !r.kind.isAct() && !replaces && n >= client.ChangesMax:
		return protocol.CodeUnavailable, "too many changes wait"
	}
	return "", ""
}

func (q *Queue) refuse(r *request, code protocol.Code, reason string) {
	q.step.Emit(client.Refused{Code: code, Reason: cmp.Or(reason, string(code)), ID: r.id, Of: types[r.kind]})
}

// Flush ends finished requests, and writes waiting ones within the bounds. Each message has one change and
// the queue has one act in flight, so that each answer belongs to one request.
func (q *Queue) Flush(s State) {
	if len(q.list) == 0 {
		return
	}
	ready := s.CaughtUp && !s.Draining && q.resumeAt.IsZero()
	room := changesInFlightMax - q.ChangesInFlight()
	acting := !s.Joined || s.Draining
	var busy []string
	for _, r := range slices.Clone(q.list) {
		switch {
		case r.kind.isAct():
			if !acting && !r.inFlight() {
				q.write(r)
			}
			acting = true
			continue
		case slices.Contains(busy, r.id):
			continue
		}
		switch m := q.messages.Known(r.id); {
		case s.CaughtUp && m != nil && r.shownBy(m) && !r.unsure: // an unsure change needs its answer
			q.noteDone(r)
			q.end(r)
			continue
		case ready && room > 0 && !r.inFlight() && s.mayWrite(r):
			room--
			q.write(r)
		}
		busy = append(busy, r.id)
	}
}

func (q *Queue) write(r *request) {
	step.Assert(!r.inFlight() && (!r.kind.isAct() || q.actInFlight() == nil), "a request is written once on a connection, and one act is in flight")
	r.writtenAt, r.written = q.step.Now, true
	q.link.Write(r.frame)
}

// end removes a request from the queue.
func (q *Queue) end(r *request) {
	q.list = slices.DeleteFunc(q.list, func(o *request) bool { return o == r })
	q.step.Changed = q.step.Changed || !r.kind.isAct()
}

// ChangesInFlight returns the number of unanswered changes.
func (q *Queue) ChangesInFlight() int {
	n := 0
	for _, r := range q.list {
		if r.inFlight() && !r.kind.isAct() {
			n++
		}
	}
	return n
}

// Interrupt sets all changes back to waiting, and ends all acts, because the connection has ended. The user
// is told of each act, and may check its effect.
func (q *Queue) Interrupt() {
	q.resumeAt = time.Time{}
	for _, r := range slices.Clone(q.list) {
		r.writtenAt = time.Time{}
		if r.kind.isAct() {
			q.end(r)
			q.refuse(r, protocol.CodeUnavailable, "the connection was lost")
		}
	}
}

// Deadline returns the time of the next call of Fire.
func (q *Queue) Deadline() time.Time {
	return step.Earliest(q.resumeAt, q.due(q.oldestChange()), q.due(q.actInFlight()))
}

// due returns the deadline for the answer to a request.
func (q *Queue) due(r *request) time.Time {
	switch {
	case r == nil:
		return time.Time{}
	case r.kind.isAct():
		return r.writtenAt.Add(actTimeout)
	}
	return r.writtenAt.Add(step.AnswerTimeouts * q.link.Timeout())
}

// Fire ends overdue requests. Flush must be called after it.
func (q *Queue) Fire() {
	if late, ok := q.step.Late(q.due(q.oldestChange())); ok {
		q.changeLate(late)
	}
	if r := q.actInFlight(); r != nil {
		if _, ok := q.step.Late(q.due(r)); ok {
			q.end(r)
			q.refuse(r, protocol.CodeUnavailable, "the relay does not answer")
		}
	}
	q.step.Due(&q.resumeAt)
}

// changeLate closes a connection on which an answer is missing. After several such connections it drops
// the change.
func (q *Queue) changeLate(late time.Duration) {
	r := q.oldestChange()
	if late > step.LateGrace {
		r.writtenAt = q.step.Now
		q.link.Probe()
		return
	}
	if r.unanswered++; r.unanswered >= changeTriesMax {
		q.end(r)
		q.refuse(r, protocol.CodeUnavailable, "the relay does not answer")
	}
	q.link.Lose()
}

// Show adds the ids of messages with a change under way to a snapshot.
func (q *Queue) Show(s *client.Snapshot) {
	for _, r := range q.list {
		if !r.kind.isAct() && !slices.Contains(s.Changing, r.id) {
			s.Changing = append(s.Changing, r.id)
		}
	}
}
