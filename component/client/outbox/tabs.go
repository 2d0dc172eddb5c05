package outbox

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// Tabs shares the outbox with the user's other pages: it sends them notes about changes, and handles their notes.
type Tabs struct {
	step  *step.Step
	queue *queue

	owns   bool // this page owns the outbox
	peers  bool // another page has sent a note
	reload bool // the stored items must be loaded again, because another page owned the outbox when they were loaded
}

// writes reports whether this page writes the waiting messages: it owns the outbox and has loaded all stored items.
func (t *Tabs) writes() bool { return t.owns && !t.reload && t.queue.ready }

// loaded runs after the stored items were loaded. first is false if they were loaded again.
func (t *Tabs) loaded(user string, first bool) {
	switch {
	case !first:
		t.reload = false
	case t.reload:
		t.step.Emit(client.LoadOutbox{User: user})
	case !t.owns:
		t.tell(client.Note{Kind: client.NoteAsk})
	}
}

// Own makes this page the owner of its user's outbox.
func (t *Tabs) Own(ev client.Owns) {
	q := t.queue
	if t.owns {
		return
	}
	t.owns = true
	for _, e := range q.entries {
		e.told, e.mirror, e.waitUntil = "", "", time.Time{}
	}
	q.touched = true
	if ev.Alone {
		return
	}
	t.reload = true
	if q.ready {
		t.step.Emit(client.LoadOutbox{User: ev.User})
	}
	t.tell(client.Note{Kind: client.NoteOwner})
}

// discarded tells the other pages that the user has discarded an item.
func (t *Tabs) discarded(id string) {
	if t.peers {
		t.tell(client.Note{Kind: client.NoteDrop, Item: client.Item{ID: id}})
	}
}

// acknowledged tells the other pages that a message is in the room.
func (t *Tabs) acknowledged(m *protocol.Message, epoch string) {
	if t.owns && t.peers {
		t.tell(client.Note{Kind: client.NoteState, Item: client.Item{ID: m.ID}, State: client.ItemSent, Epoch: epoch, Seq: m.Seq})
	}
}

func (t *Tabs) tell(n client.Note) { t.step.Emit(client.TellPeers{Note: n}) }

// TellPeers tells the other pages of changes. It is called at the end of each step.
func (t *Tabs) TellPeers() {
	q := t.queue
	if !q.touched {
		return
	}
	q.touched = false
	for _, e := range q.entries {
		switch {
		case t.owns:
			// An item is told after it is saved. If this page dies, the next owner loads and writes it.
			if t.peers && e.stored && e.told != e.state() {
				e.told = e.state()
				t.tell(client.Note{Kind: client.NoteState, Item: e.Item, State: e.told})
			}
		case !e.stored:
			return // items are handed over in order
		case !e.handed:
			e.handed, e.written = true, true
			t.tell(client.Note{Kind: client.NoteHand, Item: e.Item, Uploads: e.uploads(t.step.Now)})
		}
	}
}

// Place is a position in the room's history.
type Place struct {
	Epoch  string
	Cursor int64
}

// Heard handles a note of another page. at is the position that this page has reached.
func (t *Tabs) Heard(n client.Note, at Place) {
	q := t.queue
	t.peers = true
	q.touched = true
	switch n.Kind {
	case client.NoteDrop:
		e := q.find(n.Item.ID)
		if e != nil && e.inFlight {
			break
		}
		q.done.add(n.Item.ID) // a page that has not heard of the discard yet may still send a note about the item
		if e != nil {
			q.remove(e)
			t.step.Changed = true
			if t.owns {
				t.tell(n) // a page that has just opened knows the item from the owner, and may have missed the discard
			}
		}
	case client.NoteHand:
		switch {
		case t.owns:
			t.takeOver(n.Item, n.Uploads)
		case q.find(n.Item.ID) == nil:
			// This page may become the owner, and then needs the item.
			t.mirror(client.Note{Item: n.Item, State: client.ItemWaiting}, at)
		}
	case client.NoteAsk:
		if t.owns {
			t.answerAsk()
		}
	case client.NoteOwner:
		for _, e := range q.entries {
			e.handed = e.mirror == client.ItemSent // a sent item need not be handed over again
		}
	case client.NoteState:
		switch {
		case !t.owns:
			t.mirror(n, at)
		case n.State != client.ItemSent:
			t.takeOver(n.Item, false) // the previous owner has sent the note before it died
		}
	case client.NoteList:
		if !t.owns {
			t.prune(n.IDs)
		}
	}
}

// takeOver takes an item from another page, in which the user has written or retried it.
func (t *Tabs) takeOver(item client.Item, uploads bool) {
	q := t.queue
	e := q.find(item.ID)
	switch {
	case q.done.has(item.ID):
		t.tell(client.Note{Kind: client.NoteState, Item: item, State: client.ItemSent})
		return
	case e == nil:
		e = &entry{Item: item, stored: true, written: true}
		e.resetFiles(client.UploadRunning)
		q.add(e)
		t.step.Changed = true
	default:
		t.step.Changed = e.mergeFiles(item) || t.step.Changed
		if e.failed() && item.Code == "" && item.Order > e.Order { // the user has retried it: its order is new
			q.retry(e)
		} else {
			e.told = "" // tell its state again
		}
	}
	if uploads {
		e.awaitUploader(t.step.Now)
	}
}

// answerAsk tells the other pages of all items.
func (t *Tabs) answerAsk() {
	var ids []string
	for _, e := range t.queue.entries {
		e.told = ""
		ids = append(ids, e.ID)
	}
	t.TellPeers()
	t.tell(client.Note{Kind: client.NoteList, IDs: ids})
}

// mirror takes the owner's state of an item. It removes a sent item once this page has received the message.
func (t *Tabs) mirror(n client.Note, at Place) {
	q := t.queue
	e := q.find(n.Item.ID)
	gone := n.State == client.ItemSent && (n.Epoch != at.Epoch || n.Seq <= at.Cursor)
	switch {
	case e == nil && (n.State == client.ItemSent || q.done.has(n.Item.ID)):
		return
	case gone:
		q.remove(e)
		t.step.Changed = true
		return
	case e == nil:
		e = &entry{stored: true, written: true}
		e.Item = n.Item
		q.add(e)
	}
	if !e.mine || e.hasFiles() || n.Item.Order > e.Order { // otherwise this page knows the state of the uploads better
		e.Code, e.Reason = n.Item.Code, n.Item.Reason
		if n.State != client.ItemSent { // a note about a sent item contains only the id
			e.takeFiles(&n.Item)
		}
	}
	if n.Item.Sealed != nil {
		e.Sealed, e.Own = n.Item.Sealed, n.Item.Own
	}
	e.handed, e.mirror = true, n.State
	t.step.Changed = true
}

// prune removes the loaded items that the owner no longer has. It keeps an item that was not handed to the owner yet.
func (t *Tabs) prune(ids []string) {
	q := t.queue
	q.entries = slices.DeleteFunc(q.entries, func(e *entry) bool {
		return e.loaded && e.handed && !slices.Contains(ids, e.ID)
	})
	t.step.Changed = true
}

// DropSent removes the items that the owner has sent. It is called after history was loaded again:
// their messages are in the room, perhaps before the window.
func (t *Tabs) DropSent() {
	q := t.queue
	if !t.owns {
		q.entries = slices.DeleteFunc(q.entries, func(e *entry) bool { return e.mirror == client.ItemSent })
	}
}
