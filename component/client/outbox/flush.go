package outbox

import (
	"cmp"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// Flush writes the messages that wait, in order, until inFlightMax messages are in flight, and returns how
// many it wrote. The first item that cannot be written yet holds all behind it, so
// that none overtakes. After a refusal it waits for the answers to all in flight: else a slow relay would get ever more
// to do.
func (o *Outbox) Flush(inFlightMax int) (written int) {
	if !o.Tabs.writes() || !o.resendAt.IsZero() {
		return 0
	}
	inFlight := o.InFlight()
	if inFlight == 0 {
		o.awaits, o.refused = false, false
	}
	if o.awaits || o.refused {
		return 0
	}
	room := inFlightMax - inFlight
	for _, e := range o.queue.entries {
		if e.failed() || e.inFlight {
			continue
		}
		if room <= 0 || !e.stored || !e.hasFiles() || !o.Seals.mayWrite(e) {
			break
		}
		room--
		written++
		e.inFlight, e.onWire, e.written, e.writtenAt, o.queue.touched = true, true, true, o.step.Now, true
		f := protocol.Send{Room: o.room, ID: e.ID, Text: e.Text, SentAt: e.SentAt, ReplyTo: e.ReplyTo, Mentions: e.Mentions, Files: e.attachments()}
		if o.queue.encrypts {
			f.Text, f.Mentions, f.Encrypted = "", nil, e.Sealed
		}
		o.link.Write(f)
		o.step.Changed = true
	}
	return written
}

// AwaitFlight lets nothing be written until the messages in flight are answered. The room is being joined anew: from then on the
// relay no longer holds back what follows a message that it has refused before, so that a new one could overtake it.
func (o *Outbox) AwaitFlight() { o.awaits = true }

// InFlight returns how many messages wait for their echo.
func (o *Outbox) InFlight() int {
	n := 0
	for _, e := range o.queue.entries {
		if e.inFlight {
			n++
		}
	}
	return n
}

// oldestInFlight returns the first entry that waits for its echo, or nil.
func (o *Outbox) oldestInFlight() *entry {
	for _, e := range o.queue.entries {
		if e.inFlight {
			return e
		}
	}
	return nil
}

// Interrupt lets what was in flight on a connection wait again, since the connection has ended.
func (o *Outbox) Interrupt() {
	o.queue.touched = true
	o.resendAt, o.awaits, o.refused = time.Time{}, false, false
	for _, e := range o.queue.entries {
		e.answered()
		e.onWire = false
	}
}

// Refused takes the refusal of a send.
func (o *Outbox) Refused(f *protocol.Error) {
	e := o.queue.find(f.ID)
	final := !f.Code.Retryable()
	if e == nil || e.failed() {
		// An item that was given up was still on its way: the relay holds back what follows once more.
		o.queue.gaveUp = o.queue.gaveUp || e != nil && e.lost && !final
		return
	}
	if final {
		if f.Code == protocol.CodeNotFound && o.Files.uploadAgain(e) {
			return
		}
		e.Why = f.Why
		o.queue.fail(e, f.Code, f.Message)
		return
	}
	first := e.inFlight && !o.refused
	o.Seals.noteStale(e, f, first)
	if e.inFlight {
		e.answered()
		o.queue.touched, o.step.Changed = true, true
	}
	if first {
		o.refused = true // the relay refuses all behind it as well until it comes again
	}
	if first || !o.resendAt.IsZero() {
		o.resendAt = o.step.ResendAt(o.resendAt, f)
	}
}

// FailOldest marks the oldest message in flight refused, and reports whether there is
// one.
func (o *Outbox) FailOldest(code protocol.Code, reason string) bool {
	e := o.oldestInFlight()
	if e == nil {
		return false
	}
	o.queue.fail(e, code, reason)
	return true
}

// fail marks an entry refused for good; the user retries or discards it.
func (q *queue) fail(e *entry, code protocol.Code, reason string) {
	e.answered()
	e.Code, e.Reason = code, cmp.Or(reason, string(code))
	q.save(e)
	q.step.Changed = true
	q.step.Emit(client.Refused{Code: code, Reason: e.Reason, ID: e.ID, Why: e.Why})
}

// Deadline returns when Fire has something to do.
func (o *Outbox) Deadline() time.Time { return step.Earliest(o.echoDue(), o.resendAt, o.Files.due()) }

// Fire does what is due. Flush goes on where a wait is over.
func (o *Outbox) Fire() {
	if late, ok := o.step.Late(o.echoDue()); ok {
		o.echoLate(late)
	}
	o.step.Due(&o.resendAt)
	o.Files.fire()
}

// echoDue returns when the echo of the oldest message in flight is late.
func (o *Outbox) echoDue() time.Time {
	e := o.oldestInFlight()
	switch {
	case e == nil:
		return time.Time{}
	case e.late:
		return e.writtenAt.Add(step.AnswerTimeouts * o.link.Timeout())
	}
	return e.writtenAt.Add(o.link.Timeout())
}

// echoLate treats a late echo as an unanswered ping. If the relay has sent something else meanwhile,
// it probes the connection, and gives it up only if the echo is still missing later. The
// messages in flight are then sent again, which their ids make harmless.
func (o *Outbox) echoLate(late time.Duration) {
	e := o.oldestInFlight()
	switch {
	case e.late:
		o.link.Lose()
	case late > step.LateGrace || o.link.LastHeard().After(e.writtenAt):
		e.late = true
		o.link.Probe()
	default:
		o.link.Lose()
	}
}

// GaveUp reports, once, that an item was given up for which the relay may hold back what follows
// until the room is joined anew.
func (o *Outbox) GaveUp() bool {
	gaveUp := o.queue.gaveUp
	o.queue.gaveUp = false
	return gaveUp
}
