package outbox

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/e2ee"
	"hallway/protocol"
)

// entry is an item of the outbox with its state in memory.
type entry struct {
	client.Item
	stored bool // the item is saved, or cannot be saved

	// Owned by Outbox.
	written   bool      // it was written at least once, perhaps by an earlier page
	inFlight  bool      // it was written on this connection and is unanswered
	writtenAt time.Time // the time of the write, if it is in flight
	late      bool      // it is in flight, and its echo has been late once
	onWire    bool      // it was written on this connection: after refusing it, the relay refuses those behind it

	// Owned by Seals.
	opening *protocol.Message // the message that is being decrypted for this item; nil: none
	lost    bool              // its text can no longer be decrypted

	// Owned by Files.
	mine      bool      // it was written in this page, which has the bytes of its files
	waitUntil time.Time // if mine: the time of the next note to the owner; otherwise: the end of the wait for the uploading page
	again     bool      // its files are uploaded a second time, because the relay had deleted them

	// Owned by Tabs.
	loaded bool             // it was loaded from storage
	handed bool             // this page has handed it to the owner
	told   client.ItemState // in the owner: the state that it told last; "": none
	mirror client.ItemState // in another page: the state in the owner; "": unknown
}

// failed reports whether the item was refused for good.
func (e *entry) failed() bool { return e.Code != "" }

// answered marks an entry as no longer in flight.
func (e *entry) answered() { e.inFlight, e.late = false, false }

// isFixed reports whether the relay may have an item in its present sealed form.
func (e *entry) isFixed() bool { return e.written && e.Sealed != nil && e.Sealed.Kid != e2ee.OwnKid }

// state returns the state that people see.
func (e *entry) state() client.ItemState {
	switch {
	case e.failed():
		return client.ItemFailed
	case e.inFlight:
		return client.ItemSending
	case e.mirror == client.ItemSending || e.mirror == client.ItemSent:
		return e.mirror
	}
	return client.ItemWaiting
}

// recentMax is the number of remembered ids of finished items.
const recentMax = 2 * client.OutboxMax

// recent holds the ids of the items that were finished last. So a late note of another page does not bring an item back.
type recent struct {
	ids  []string
	next int // the place of the next id
	set  map[string]struct{}
}

func (r *recent) has(id string) bool {
	_, ok := r.set[id]
	return ok
}

func (r *recent) add(id string) {
	if r.has(id) {
		return
	}
	if r.set == nil {
		r.set = map[string]struct{}{}
	}
	r.set[id] = struct{}{}
	if len(r.ids) < recentMax {
		r.ids = append(r.ids, id)
		return
	}
	delete(r.set, r.ids[r.next])
	r.ids[r.next] = id
	r.next = (r.next + 1) % recentMax
	step.Assert(len(r.set) == recentMax, "the ids of finished items are bounded")
}
