package outbox

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// Outbox holds the messages of one user that did not come back yet, in the order in
// which they were written. New makes one.
type Outbox struct {
	step *step.Step
	link step.Link
	room string

	entries []*entry
	ready   bool // the stored items are here, or it is known that there are none
	touched bool // the other pages may have to be told something
	// failing: the storage cannot be used; items live in memory.
	failing   bool
	full      bool // because there is no room
	lastOrder int64
	resendAt  time.Time // nothing is written before: the relay has refused a send
	done      recent    // what came back, or was discarded
	seals     seals
	gaveUp    bool // an item for which the relay holds back what follows

	// Of the other pages.
	owns  bool
	peers bool // there are some
	// reload: the outbox was loaded before this page owned it, and must be again.
	reload bool
}

// New makes an empty outbox that waits for the stored items.
func New(s *step.Step, link step.Link, room string) *Outbox {
	return &Outbox{step: s, link: link, room: room}
}

// Loaded takes what is stored: the items of an earlier life of the page, and of pages
// that have died.
func (o *Outbox) Loaded(ev client.OutboxLoaded) {
	first := !o.ready
	o.ready, o.touched, o.step.Changed = true, true, true
	o.failing = ev.Err != nil
	for _, item := range ev.Items {
		e := o.find(item.ID)
		switch {
		case item.Sealed != nil && !o.seals.On: // another chat's, which encrypts
		case e != nil:
			if e.stored && item.Sealed != nil {
				e.Sealed = item.Sealed // its owner may have sealed it anew
			}
		case o.done.has(item.ID):
			o.step.Emit(client.RemoveItem{ID: item.ID})
		default:
			e := &entry{Item: item, stored: true, written: true, loaded: true}
			e.resetFiles(client.UploadRunning)
			o.add(e)
			o.seals.rescan = true
		}
	}
	if !first {
		o.reload = false
		return
	}
	for _, e := range o.entries {
		if !e.loaded {
			o.save(e) // written before there was something to save it in
		}
	}
	switch {
	case o.reload:
		o.step.Emit(client.LoadOutbox{User: ev.User})
	case !o.owns:
		o.tell(client.Note{Kind: client.NoteAsk})
	}
}

// Stored takes the answer to a SaveItem. An item that cannot be stored is sent all the
// same.
func (o *Outbox) Stored(id string, err error, full bool) {
	if e := o.find(id); e != nil {
		e.stored = true
		o.touched = true
	}
	if failing := err != nil; failing != o.failing || full != o.full {
		o.failing, o.full, o.step.Changed = failing, full, true
	}
}

// Send queues a message, with the time and the place that it gets.
func (o *Outbox) Send(item client.Item) {
	item.SentAt, item.Order = milliseconds(o.step.Now), o.nextOrder()
	e := &entry{Item: item, mine: true}
	o.add(e)
	o.save(e)
	o.step.Changed = true
}

// Retry queues a failed item again, behind the others.
func (o *Outbox) Retry(id string) {
	e := o.find(id)
	if e == nil || !e.failed() {
		return
	}
	if e.Code != protocol.CodeNotFound {
		e.resetFiles(client.UploadFailed)
	} else {
		e.resetFiles(client.UploadReady) // the relay has none any more
	}
	e.Code, e.Reason, e.Why, e.mirror, e.handed = "", "", "", "", false
	e.Order = o.nextOrder()
	o.remove(e)
	o.add(e)
	o.save(e)
	o.step.Changed = true
}

// Discard forgets an item that is certainly not in the room.
func (o *Outbox) Discard(id string) {
	e := o.find(id)
	if e == nil || !e.failed() && e.written && e.hasFiles() {
		return
	}
	o.done.add(id) // its owner may tell of it before it hears of this
	o.forget(e)
	if o.peers {
		o.tell(client.Note{Kind: client.NoteDrop, Item: client.Item{ID: id}})
	}
}

// Acknowledge takes a message of the user that came back: it is in the room.
func (o *Outbox) Acknowledge(m *protocol.Message, epoch string) {
	o.done.add(m.ID)
	e := o.find(m.ID)
	if e == nil {
		return
	}
	e.acknowledged = true
	o.forget(e)
	if o.owns && o.peers {
		o.tell(client.Note{Kind: client.NoteState, Item: client.Item{ID: m.ID}, State: client.ItemSent, Epoch: epoch, Seq: m.Seq})
	}
}

// forget takes an entry out, also from storage.
func (o *Outbox) forget(e *entry) {
	o.gaveUp = o.gaveUp || e.onWire && !e.acknowledged && !e.failed()
	o.remove(e)
	o.touched, o.step.Changed = true, true
	o.step.Emit(client.RemoveItem{ID: e.ID})
	o.forgetFiles(e)
}

// add puts an entry in its place, by Order: nearly always the last. It never
// goes before one that this connection has written, and which the relay may
// have refused: sent again, that one would be let in and this one overtaken.
func (o *Outbox) add(e *entry) {
	o.touched = true
	o.lastOrder = max(o.lastOrder, e.Order)
	i := len(o.entries)
	for i > 0 && o.entries[i-1].Order > e.Order && !o.entries[i-1].onWire {
		i--
	}
	o.entries = append(o.entries, nil)
	copy(o.entries[i+1:], o.entries[i:])
	o.entries[i] = e
}

func (o *Outbox) find(id string) *entry {
	for _, e := range o.entries {
		if e.ID == id {
			return e
		}
	}
	return nil
}

func (o *Outbox) remove(e *entry) {
	o.entries = slices.DeleteFunc(o.entries, func(x *entry) bool { return x == e })
}

// nextOrder returns the clock's time, so that the items of several pages fall into
// the order in which they were written, but more than the last order.
func (o *Outbox) nextOrder() int64 {
	o.lastOrder = max(o.lastOrder+1, o.step.Now.UnixMicro())
	return o.lastOrder
}

// save stores an entry, as soon as there is something to store it in.
func (o *Outbox) save(e *entry) {
	o.touched = true
	if !o.ready {
		return
	}
	e.stored = false
	item := e.Item
	if o.seals.On {
		if item.Sealed == nil {
			return // no text is stored in the clear
		}
		item.Text, item.Mentions = "", nil
	}
	o.step.Emit(client.SaveItem{Item: item})
}

// Has reports whether an item has an id.
func (o *Outbox) Has(id string) bool { return o.find(id) != nil }

// IsReady reports whether the stored items are here.
func (o *Outbox) IsReady() bool { return o.ready }

// IsFull reports whether no more messages may wait.
func (o *Outbox) IsFull() bool { return len(o.entries) >= client.OutboxMax }

// milliseconds returns t as on the wire, to the millisecond: more of a device's clock means nothing.
func milliseconds(t time.Time) string {
	text := protocol.TimeOf(t).String()
	return text[:len(text)-len("000Z")] + "Z"
}

// Show puts what people see into a snapshot.
func (o *Outbox) Show(s *client.Snapshot) {
	s.OutboxFull, s.StorageFailed, s.StorageFull = o.IsFull(), o.failing, o.full
	if n := len(o.entries); n > 0 {
		s.Outbox = make([]client.Own, 0, n)
	}
	for _, e := range o.entries {
		s.Outbox = append(s.Outbox, client.Own{Item: e.Item, State: e.state()})
	}
}
