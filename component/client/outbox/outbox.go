package outbox

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/e2ee"
	"hallway/protocol"
)

// Outbox holds the messages of one user that the relay has not echoed yet, in the order in which the
// user wrote them, and writes them to the relay. New returns one.
type Outbox struct {
	// Tabs, Files and Seals are parts of the outbox. Each sees all messages.
	Tabs  Tabs
	Files Files
	Seals Seals

	step  *step.Step
	link  step.Link
	room  string
	queue queue

	resendAt time.Time // nothing is written before this time, because the relay has refused a send
	awaits   bool      // nothing is written while messages are in flight
	refused  bool      // one of the messages in flight was refused, so nothing is written until all are answered
}

// New returns an empty outbox that waits for the stored items.
func New(s *step.Step, link step.Link, room string) *Outbox {
	o := &Outbox{step: s, link: link, room: room}
	o.Forget()
	return o
}

// Forget resets the outbox for another user.
func (o *Outbox) Forget() {
	q := &o.queue
	*q = queue{step: o.step, encrypts: q.encrypts}
	o.Tabs = Tabs{step: o.step, queue: q}
	o.Files = Files{step: o.step, queue: q, tabs: &o.Tabs}
	o.Seals = Seals{step: o.step, queue: q, tabs: &o.Tabs}
	o.resendAt = time.Time{}
}

// Loaded adds the stored items. They are from an earlier page, or from pages that have died.
func (o *Outbox) Loaded(ev client.OutboxLoaded) {
	q := &o.queue
	first := !q.ready
	q.ready, q.touched, o.step.Changed = true, true, true
	q.failing = ev.Err != nil
	for _, item := range ev.Items {
		e := q.find(item.ID)
		switch {
		case item.Sealed != nil && !q.encrypts: // it belongs to an encrypted chat
		case e != nil:
			if e.stored && item.Sealed != nil && item.Sealed.Kid != e2ee.OwnKid {
				e.Sealed, e.Own = item.Sealed, item.Own // its owner may have sealed it anew
			}
		case q.done.has(item.ID):
			o.step.Emit(client.RemoveItem{ID: item.ID})
		default:
			e := &entry{Item: item, stored: true, written: true, loaded: true}
			e.resetFiles(client.UploadRunning)
			q.add(e)
		}
	}
	if first {
		for _, e := range q.entries {
			if !e.loaded {
				q.save(e) // it was written before the storage was open
			}
		}
	}
	o.Tabs.loaded(ev.User, first)
}

// Stored takes the result of a SaveItem. An item that cannot be stored is sent nevertheless.
func (o *Outbox) Stored(id string, err error, full bool) {
	q := &o.queue
	if e := q.find(id); e != nil {
		e.stored = true
		q.touched = true
	}
	if failing := err != nil; failing != q.failing || full != q.full {
		q.failing, q.full, o.step.Changed = failing, full, true
	}
}

// Send queues a message and sets its time and its order.
func (o *Outbox) Send(item client.Item) {
	item.SentAt, item.Order = milliseconds(o.step.Now), o.queue.nextOrder()
	e := &entry{Item: item, mine: true}
	o.queue.add(e)
	o.queue.save(e)
	o.step.Changed = true
}

// Retry queues a failed item again, behind the others.
func (o *Outbox) Retry(id string) {
	if e := o.queue.find(id); e != nil {
		o.queue.retry(e)
	}
}

// Discard removes an item, unless the item may be in the room.
func (o *Outbox) Discard(id string) {
	e := o.queue.find(id)
	if e == nil || !e.failed() && e.written && e.hasFiles() {
		return
	}
	o.queue.rejoin = o.queue.rejoin || e.onWire && !e.failed()
	o.queue.done.add(id) // the owner may send a note about it before it hears of the discard
	o.queue.forget(e)
	o.Tabs.discarded(id)
}

// RetryFile queues the message of a failed file again.
func (o *Outbox) RetryFile(id string) {
	if e, i := o.queue.withFile(id); e != nil && e.Files[i].State == client.UploadFailed {
		o.queue.retry(e)
	}
}

// DetachFile removes a file from its message, unless the relay has the file.
func (o *Outbox) DetachFile(id string) {
	e, i := o.queue.withFile(id)
	if e == nil || e.Files[i].State == client.UploadReady || o.queue.encrypts && !known(&e.Item) {
		return
	}
	if len(e.Files) == 1 && e.Text == "" {
		o.Discard(e.ID)
		return
	}
	e.Files = append(slices.Clone(e.Files[:i]), e.Files[i+1:]...)
	e.Sealed = nil // it was never written, because a file is missing, so it may be sealed again
	o.step.Emit(client.ForgetFile{ID: id})
	e.handed, e.told, o.step.Changed = false, "", true
	if e.failed() && e.count(client.UploadFailed) == 0 {
		o.queue.retry(e)
		return
	}
	for i := range e.Files {
		if f := &e.Files[i]; f.State == client.UploadFailed {
			e.Code, e.Reason, e.Why = f.Code, f.Reason, f.Why
		}
	}
	o.queue.save(e)
}

// Acknowledge removes the item of a message that is in the room.
func (o *Outbox) Acknowledge(m *protocol.Message, epoch string) {
	o.queue.done.add(m.ID)
	if e := o.queue.find(m.ID); e != nil {
		o.queue.forget(e)
		o.Tabs.acknowledged(m, epoch)
	}
}

// Check asserts the invariants that hold after each step.
func (o *Outbox) Check(connected bool) {
	for _, e := range o.queue.entries {
		step.Assert(!e.inFlight || connected && o.Tabs.owns && e.onWire && !e.failed(), "the messages in flight were written by the owner on an open connection")
		step.Assert(e.Order <= o.queue.lastOrder, "lastOrder is the highest order of all items")
	}
}

// Has reports whether there is an item with an id.
func (o *Outbox) Has(id string) bool { return o.queue.find(id) != nil }

// IsReady reports whether the stored items are loaded.
func (o *Outbox) IsReady() bool { return o.queue.ready }

// IsFull reports whether the outbox has its highest number of items.
func (o *Outbox) IsFull() bool { return len(o.queue.entries) >= client.OutboxMax }

// milliseconds returns t in the format of the wire, with milliseconds: a device's clock is not more exact.
func milliseconds(t time.Time) string {
	text := protocol.TimeOf(t).String()
	return text[:len(text)-len("000Z")] + "Z"
}

// Show adds the items and the state of the storage to a snapshot.
func (o *Outbox) Show(s *client.Snapshot) {
	s.OutboxFull, s.StorageFailed, s.StorageFull = o.IsFull(), o.queue.failing, o.queue.full
	if n := len(o.queue.entries); n > 0 {
		s.Outbox = make([]client.Own, 0, n)
	}
	for _, e := range o.queue.entries {
		s.Outbox = append(s.Outbox, client.Own{Item: e.Item, State: e.state()})
	}
}
