package outbox

import (
	"slices"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// queue holds the entries in the order in which they are written, and saves them.
type queue struct {
	step *step.Step

	entries   []*entry
	lastOrder int64
	done      recent // the ids of finished items
	touched   bool   // the next TellPeers has to look for changes
	encrypts  bool   // the chat is encrypted: no text is stored as plain text
	unread    bool   // a sealed item may be opened now
	rejoin    bool   // the relay refuses all messages until it gets one that was discarded here

	ready   bool // the stored items are loaded
	failing bool // the storage cannot be used; items live in memory
	full    bool // the storage has no space
}

// add inserts an entry by its Order, but behind all entries that were written on this connection. If the relay has refused one of
// those, that one must come again before any other.
func (q *queue) add(e *entry) {
	step.Assert(q.find(e.ID) == nil, "an id is in the outbox only once")
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

// withFile returns the entry that has a file, and the file's index in it. It returns nil if no entry has the file.
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

// nextOrder returns the time in microseconds, so that the items of several pages are ordered by time. The result is always higher
// than the last order.
func (q *queue) nextOrder() int64 {
	q.lastOrder = max(q.lastOrder+1, q.step.Now.UnixMicro())
	return q.lastOrder
}

// save stores an entry. It does nothing before the stored items are loaded.
func (q *queue) save(e *entry) {
	q.touched = true
	if !q.ready {
		return
	}
	e.stored = false
	item := e.Item
	if q.encrypts {
		if item.Sealed == nil {
			return // Seals saves it once it is sealed
		}
		item.Text, item.Mentions, item.Files = "", nil, bare(item.Files)
	}
	q.step.Emit(client.SaveItem{Item: item})
}

// forget removes an entry and the bytes of its files, also from storage.
func (q *queue) forget(e *entry) {
	q.remove(e)
	q.touched, q.step.Changed = true, true
	q.step.Emit(client.RemoveItem{ID: e.ID})
	for _, f := range e.Files {
		q.step.Emit(client.ForgetFile{ID: f.ID})
	}
}

// retry queues a failed entry again, behind the others.
func (q *queue) retry(e *entry) {
	if !e.failed() {
		return
	}
	upload := client.UploadFailed
	if e.Code == protocol.CodeNotFound {
		upload = client.UploadReady // the relay has deleted the files
	}
	e.resetFiles(upload)
	e.Code, e.Reason, e.Why, e.mirror, e.handed = "", "", "", "", false
	e.Order = q.nextOrder()
	q.remove(e)
	q.add(e)
	q.save(e)
	q.step.Changed = true
}
