package outbox

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/e2ee"
	"hallway/protocol"
)

// entry is an item of the outbox, with the state that is not stored.
type entry struct {
	client.Item
	stored bool // it is saved, or cannot be saved

	// Of Outbox, which writes it.
	written   bool      // at least once; an earlier life of the page may have done so
	inFlight  bool      // it was written on this connection, and its answer has not come
	writtenAt time.Time // when, if it is in flight
	late      bool      // it is in flight, and its echo was late once
	onWire    bool      // it was written on this connection: if it was refused, the relay refuses what follows

	// Of Seals.
	opening *protocol.Message // stands for it while it is being decrypted; nil: it is not
	lost    bool              // its text cannot be decrypted any more

	// Of Files.
	mine      bool      // it was written in this page, which has the bytes of its files
	waitUntil time.Time // mine: when to tell the owner again that this page uploads; else: until when another page may
	again     bool      // its files are uploaded a second time: the relay had deleted them

	// Of Tabs.
	loaded bool             // it came from storage
	handed bool             // the owner has got it from this page
	told   client.ItemState // the state that the owner told last; "": none
	mirror client.ItemState // the owner's state of it, in another page; "": not known
}

// failed reports whether the item was refused for good.
func (e *entry) failed() bool { return e.Code != "" }

// answered ends the flight of an entry.
func (e *entry) answered() { e.inFlight, e.late = false, false }

// isFixed reports whether the relay may have an item in its sealed form.
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

// recentMax is how many ids of finished items are remembered.
const recentMax = 2 * client.OutboxMax

// recent holds the ids of the items that were finished last, so that a late note of another page
// brings none back.
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
