package outbox

import (
	"slices"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// queue holds the entries in the order in which they are written, and stores them.
type queue struct {
	step *step.Step

	entries   []*entry
	lastOrder int64
	done      recent // ids of items that came back or were discarded
	touched   bool   // the other pages may have to be told something
	encrypts  bool   // no text is stored in the clear
	unread    bool   // an item has come without its text, or may now be opened
	gaveUp    bool   // an item was given up that the relay waits for before it takes what follows

	ready   bool // the stored items are here, or it is known that there are none
	failing bool // the storage cannot be used; items live in memory
	full    bool // because the storage has no room
}

// add puts an entry in its place, by Order: nearly always the last. It never goes before an entry
// that this connection has written: the relay may have refused that one, would take it when it is
// sent again, and the new entry would be overtaken.
func (q *queue) add(e *entry) {
	step.Assert(q.find(e.ID) == nil, "an id is in the outbox once")
	q.touched = true
	q.unread = q.unread || e.Sealed != nil && !known(&e.Item)
	q.lastOrder = max(q.lastOrder, e.Order)
	i := len(q.entries)
	for i > 0 && q.entries[i-1].Order > e.Order && !q.entries[i-1].onWire {
		i--
	}
	q.entries = append(q.entries, nil)
	copy(q.entries[i+1:], q.entries[i:])
	q.entries[i] = e
}

// find returns the entry with an id, or nil.
func (q *queue) find(id string) *entry {
	for _, e := range q.entries {
		if e.ID == id {
			return e
		}
	}
	return nil
}

// withFile returns the entry that has a file, and the file's place in it; nil: none has it.
func (q *queue) withFile(id string) (*entry, int) {
	for _, e := range q.entries {
		if i := place(e.Files, id); i >= 0 {
			return e, i
		}
	}
	return nil, 0
}

func (q *queue) remove(e *entry) {
	q.entries = slices.DeleteFunc(q.entries, func(x *entry) bool { return x == e })
}

// nextOrder returns the clock's time, so that the items of several pages fall into
// the order in which they were written, but more than the last order.
func (q *queue) nextOrder() int64 {
	q.lastOrder = max(q.lastOrder+1, q.step.Now.UnixMicro())
	return q.lastOrder
}

// save stores an entry, once the stored items are loaded.
func (q *queue) save(e *entry) {
	q.touched = true
	if !q.ready {
		return
	}
	e.stored = false
	item := e.Item
	if q.encrypts {
		if item.Sealed == nil {
			return // no text is stored in the clear
		}
		item.Text, item.Mentions, item.Files = "", nil, bare(item.Files)
	}
	q.step.Emit(client.SaveItem{Item: item})
}

// forget removes an entry, also from storage, and the bytes of its files.
func (q *queue) forget(e *entry) {
	q.remove(e)
	q.touched, q.step.Changed = true, true
	q.step.Emit(client.RemoveItem{ID: e.ID})
	for _, f := range e.Files {
		q.step.Emit(client.ForgetFile{ID: f.ID})
	}
}

// retry lets a failed entry wait again, behind the others.
func (q *queue) retry(e *entry) {
	if !e.failed() {
		return
	}
	upload := client.UploadFailed
	if e.Code == protocol.CodeNotFound {
		upload = client.UploadReady // the relay has none any more
	}
	e.resetFiles(upload)
	e.Code, e.Reason, e.Why, e.mirror, e.handed = "", "", "", "", false
	e.Order = q.nextOrder()
	q.remove(e)
	q.add(e)
	q.save(e)
	q.step.Changed = true
}
