package outbox

import (
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// entry is an item of the outbox at work.
type entry struct {
	client.Item
	stored    bool      // saved, or it is known that it cannot be
	written   bool      // at least once, or perhaps by an earlier life of the page
	inFlight  bool      // on this connection, its echo not yet here
	writtenAt time.Time // in flight: when
	late      bool      // in flight: the echo was late once
	onWire    bool      // written on this connection: the relay holds back what follows

	opening *protocol.Message // to be opened: the item was stored encrypted
	lost    bool              // its text cannot be had any more

	mine      bool      // written in this page, which has the bytes of its files
	waitUntil time.Time // another page uploads its files, or this page tells the owner so, until then
	again     bool      // its files are uploaded a second time: the relay had none

	loaded bool             // it came from storage
	handed bool             // the owner was handed it
	told   client.ItemState // by the owner to the others, last
	mirror client.ItemState // on their side: as the owner has it; "": not known
}

func (e *entry) failed() bool { return e.Code != "" }

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

// recentMax is how many ids are remembered after they came back.
const recentMax = 2 * client.OutboxMax

// recent holds the ids of the items that came back last, so that a late note of
// another page does not bring one again.
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
}
