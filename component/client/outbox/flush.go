package outbox

import (
	"cmp"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// Flush writes waiting messages in order until inFlightMax messages are in flight, and returns the number of messages
// written. It stops at the first item that cannot be written yet, so that no message overtakes another. After a refusal it
// waits until no message is in flight, so that a slow relay does not get more and more to do.
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

// AwaitFlight stops all writing until the messages in flight are answered. It is called when the room is joined again: after a
// join the relay no longer refuses the messages behind a refused one, and a new message could overtake.
func (o *Outbox) AwaitFlight() { o.awaits = true }

// InFlight returns the number of messages that wait for their echo.
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

// Interrupt sets the messages in flight back to waiting, because the connection has ended.
func (o *Outbox) Interrupt() {
	o.queue.touched = true
	o.resendAt, o.awaits, o.refused = time.Time{}, false, false
	for _, e := range o.queue.entries {
		e.answered()
		e.onWire = false
	}
}

// Refused handles the refusal of a send.
func (o *Outbox) Refused(f *protocol.Error) {
	e := o.queue.find(f.ID)
	final := !f.Code.Retryable()
	if e == nil || e.failed() {
		// A lost item was still in flight: the relay refuses the messages behind it again.
		o.queue.rejoin = o.queue.rejoin || e != nil && e.lost && !final
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
		o.refused = true // the relay refuses all messages behind it until it comes again
	}
	if first || !o.resendAt.IsZero() {
		o.resendAt = o.step.ResendAt(o.resendAt, f)
	}
}

// FailOldest marks the oldest message in flight as failed. It returns false if none is in flight.
func (o *Outbox) FailOldest(code protocol.Code, reason string) bool {
	e := o.oldestInFlight()
	if e == nil {
		return false
	}
	o.queue.fail(e, code, reason)
	return true
}

// fail marks an entry as refused for good. The user can retry or discard it.
func (q *queue) fail(e *entry, code protocol.Code, reason string) {
	e.answered()
	e.Code, e.Reason = code, cmp.Or(reason, string(code))
	q.save(e)
	q.step.Changed = true
	q.step.Emit(client.Refused{Code: code, Reason: e.Reason, ID: e.ID, Why: e.Why})
}

// Deadline returns the time of the next call of Fire.
func (o *Outbox) Deadline() time.Time { return step.Earliest(o.echoDue(), o.resendAt, o.Files.due()) }

// Fire acts on passed deadlines. Flush must be called after it.
func (o *Outbox) Fire() {
	if late, ok := o.step.Late(o.echoDue()); ok {
		o.echoLate(late)
	}
	o.step.Due(&o.resendAt)
	o.Files.fire()
}

// echoDue returns the time at which the echo of the oldest message in flight is late.
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

// echoLate handles a late echo like an unanswered ping. If the relay has sent anything else since the write, it probes the
// connection first, and closes it only if the echo is late a second time. On the next connection the messages are sent again.
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

// MustRejoin reports whether the room must be joined again: the relay refuses all messages until it gets one that was discarded
// here. A second call returns false.
func (o *Outbox) MustRejoin() bool {
	rejoin := o.queue.rejoin
	o.queue.rejoin = false
	return rejoin
}
