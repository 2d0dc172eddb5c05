package outbox

import (
	"slices"
	"time"

	"hallway/component/client"
)

// Own makes this page the owner of its user's outbox.
func (o *Outbox) Own(ev client.Owns) {
	if o.owns {
		return
	}
	o.owns = true
	for _, e := range o.entries {
		e.told, e.mirror, e.waitUntil = "", "", time.Time{}
	}
	o.touched = true
	if ev.Alone {
		return
	}
	o.reload = true
	if o.ready {
		o.step.Emit(client.LoadOutbox{User: ev.User})
	}
	o.tell(client.Note{Kind: client.NoteOwner})
}

func (o *Outbox) tell(n client.Note) { o.step.Emit(client.TellPeers{Note: n}) }

// TellPeers lets the other pages know what has changed, at the end of a step.
func (o *Outbox) TellPeers() {
	if !o.touched {
		return
	}
	o.touched = false
	for _, e := range o.entries {
		switch {
		case o.owns:
			// Not before it is saved: should this page die, the next owner would write it.
			if o.peers && e.stored && e.told != e.state() {
				e.told = e.state()
				o.tell(client.Note{Kind: client.NoteState, Item: e.Item, State: e.told})
			}
		case !e.stored:
			return // in their order
		case !e.handed:
			e.handed, e.written = true, true
			o.tell(client.Note{Kind: client.NoteHand, Item: e.Item, Uploads: o.uploads(e)})
		}
	}
}

// Place is how far this page has come in the room's history.
type Place struct {
	Epoch  string
	Cursor int64
}

// Heard takes another page's note.
func (o *Outbox) Heard(n client.Note, at Place) {
	o.peers = true
	o.touched = true
	switch n.Kind {
	case client.NoteDrop:
		if e := o.find(n.Item.ID); e != nil && !e.inFlight {
			o.remove(e)
			o.step.Changed = true
		}
	case client.NoteHand:
		switch {
		case o.owns:
			o.takeOver(n.Item, n.Uploads)
		case o.find(n.Item.ID) == nil:
			// This page may become the owner before what is handed over next.
			o.mirror(client.Note{Item: n.Item, State: client.ItemWaiting}, at)
		}
	case client.NoteAsk:
		if o.owns {
			o.answerAsk()
		}
	case client.NoteOwner:
		for _, e := range o.entries {
			e.handed = false
		}
	case client.NoteState:
		switch {
		case !o.owns:
			o.mirror(n, at)
		case n.State != client.ItemSent:
			o.takeOver(n.Item, false) // from an owner that has died: the others show it
		}
	case client.NoteList:
		if !o.owns {
			o.prune(n.IDs)
		}
	}
}

// takeOver takes what the user has written or retried in another page.
func (o *Outbox) takeOver(item client.Item, uploads bool) {
	e := o.find(item.ID)
	switch {
	case o.done.has(item.ID):
		o.tell(client.Note{Kind: client.NoteState, Item: item, State: client.ItemSent})
	case e == nil:
		e = &entry{Item: item, stored: true, written: true}
		e.resetFiles(client.UploadRunning)
		o.add(e)
		o.awaitUploader(e, uploads)
		o.step.Changed = true
	case e.failed() && item.Code == "" && item.Order > e.Order: // not what was stored before it failed
		o.mergeFiles(e, item)
		o.Retry(item.ID)
		o.awaitUploader(e, uploads)
	default:
		o.mergeFiles(e, item)
		o.awaitUploader(e, uploads)
		e.told = "" // tell it again
	}
}

func (o *Outbox) answerAsk() {
	var ids []string
	for _, e := range o.entries {
		e.told = ""
		ids = append(ids, e.ID)
	}
	o.TellPeers()
	o.tell(client.Note{Kind: client.NoteList, IDs: ids})
}

// mirror shows an item as the owner has it. A sent one is gone here too, unless its
// message is still on its way to this page.
func (o *Outbox) mirror(n client.Note, at Place) {
	e := o.find(n.Item.ID)
	gone := n.State == client.ItemSent && (n.Epoch != at.Epoch || n.Seq <= at.Cursor)
	switch {
	case e == nil && (n.State == client.ItemSent || o.done.has(n.Item.ID)):
		return
	case gone:
		o.remove(e)
		o.step.Changed = true
		return
	case e == nil:
		e = &entry{stored: true, written: true}
		e.Item = n.Item
		o.add(e)
	}
	if !e.mine || e.hasFiles() || n.Item.Order > e.Order { // else this page knows better
		e.Code, e.Reason = n.Item.Code, n.Item.Reason
		if n.State != client.ItemSent { // else the note has no more than the id
			e.Files = n.Item.Files
		}
	}
	if n.Item.Sealed != nil {
		e.Sealed = n.Item.Sealed
	}
	e.handed, e.mirror = true, n.State
	o.step.Changed = true
}

// prune forgets the loaded items that the owner no longer has: they came into the
// room, or were discarded, meanwhile. The owner cannot have what it was not handed yet.
func (o *Outbox) prune(ids []string) {
	o.entries = slices.DeleteFunc(o.entries, func(e *entry) bool {
		return e.loaded && e.handed && !slices.Contains(ids, e.ID)
	})
	o.step.Changed = true
}

// DropSent forgets what the owner has sent, once history is loaded anew: it is
// in the room, perhaps before the window.
func (o *Outbox) DropSent() {
	if !o.owns {
		o.entries = slices.DeleteFunc(o.entries, func(e *entry) bool { return e.mirror == client.ItemSent })
	}
}
