package core

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// Several pages of one user in one room share an outbox. One of them owns it:
// it alone writes what waits. The others save what their user writes, hand it
// to the owner, and show each item in the state in which the owner has it. When
// the owner dies, at whatever instant, another becomes the owner, loads what is
// stored and is handed what the living pages still have. What is written twice
// on the way is stored once, because its id stays the same.

// tabs is what a page knows of the others.
type tabs struct {
	owns  bool
	peers bool // somebody else is there
	// reload: the outbox was loaded before this page owned it, and must be again.
	reload bool
}

// own makes this page the owner of its user's outbox.
func (c *Client) own(ev client.Owns) {
	if ev.User != c.auth.user || c.tabs.owns {
		return
	}
	c.tabs.owns = true
	for _, e := range c.outbox.entries {
		e.told, e.mirror = "", ""
	}
	c.outbox.touched = true
	if ev.Alone {
		return
	}
	c.tabs.reload = true
	if c.outbox.ready {
		c.emit(client.LoadOutbox{User: ev.User})
	}
	c.tell(client.Note{Kind: client.NoteOwner})
}

func (c *Client) tell(n client.Note) { c.emit(client.TellPeers{Note: n}) }

// tellPeers lets the others know what has changed, at the end of a step.
func (c *Client) tellPeers() {
	if !c.outbox.touched {
		return
	}
	c.outbox.touched = false
	for _, e := range c.outbox.entries {
		switch {
		case c.tabs.owns:
			// Not before it is saved: should this page die, the next owner would write it.
			if c.tabs.peers && e.stored && e.told != e.state() {
				e.told = e.state()
				c.tell(client.Note{Kind: client.NoteState, Item: e.Item, State: e.told})
			}
		case !e.stored:
			return // in their order
		case !e.handed:
			e.handed, e.written = true, true
			c.tell(client.Note{Kind: client.NoteHand, Item: e.Item})
		}
	}
}

// heardFrom takes another page's note.
func (c *Client) heardFrom(n client.Note) {
	c.tabs.peers = true
	c.outbox.touched = true
	switch n.Kind {
	case client.NoteDrop:
		if e := c.outbox.find(n.Item.ID); e != nil && !e.inFlight {
			c.outbox.remove(e)
			c.changed = true
		}
	case client.NoteHand:
		switch {
		case c.tabs.owns:
			c.handed(n.Item)
		case c.outbox.find(n.Item.ID) == nil:
			// This page may become the owner before what is handed over next.
			c.ownerHas(client.Note{Item: n.Item, State: client.ItemWaiting})
		}
	case client.NoteAsk:
		if c.tabs.owns {
			c.answerAsk()
		}
	case client.NoteOwner:
		for _, e := range c.outbox.entries {
			e.handed = false
		}
	case client.NoteState:
		switch {
		case !c.tabs.owns:
			c.ownerHas(n)
		case n.State != client.ItemSent:
			c.handed(n.Item) // of an owner that has died: the others show it
		}
	case client.NoteList:
		if !c.tabs.owns {
			c.prune(n.IDs)
		}
	}
}

// handed takes over what another page's user has written or retried.
func (c *Client) handed(item client.Item) {
	e := c.outbox.find(item.ID)
	switch {
	case c.outbox.isDone(item.ID):
		c.tell(client.Note{Kind: client.NoteState, Item: item, State: client.ItemSent})
	case e == nil:
		c.outbox.add(&entry{Item: item, stored: true, written: true})
		c.changed = true
	case e.failed() && item.Code == "" && item.Order > e.Order: // not what was stored before it failed
		c.retry(item.ID)
	default:
		e.told = "" // tell it again
	}
}

func (c *Client) answerAsk() {
	var ids []string
	for _, e := range c.outbox.entries {
		e.told = ""
		ids = append(ids, e.ID)
	}
	c.tellPeers()
	c.tell(client.Note{Kind: client.NoteList, IDs: ids})
}

// ownerHas mirrors the owner's state of an item. One that was sent is gone
// here too, unless its message is still on its way to this page.
func (c *Client) ownerHas(n client.Note) {
	e := c.outbox.find(n.Item.ID)
	gone := n.State == client.ItemSent && (n.Epoch != c.sync.epoch || n.Seq <= c.sync.cursor)
	switch {
	case e == nil && (n.State == client.ItemSent || c.outbox.isDone(n.Item.ID)):
		return
	case gone:
		c.outbox.remove(e)
		c.changed = true
		return
	case e == nil:
		e = &entry{stored: true, written: true}
		e.Item = n.Item
		c.outbox.add(e)
	}
	e.Code, e.Reason = n.Item.Code, n.Item.Reason
	e.handed, e.mirror = true, n.State
	c.changed = true
}

// prune forgets what an earlier load has brought and the owner no longer has:
// it came into the room, or was discarded, meanwhile. What the owner was not
// handed yet it cannot have.
func (c *Client) prune(ids []string) {
	c.outbox.entries = slices.DeleteFunc(c.outbox.entries, func(e *entry) bool {
		return e.loaded && e.handed && !slices.Contains(ids, e.ID)
	})
	c.changed = true
}

// dropSent forgets what the owner has sent, once history is loaded anew: it is
// in the room, perhaps before the window.
func (c *Client) dropSent() {
	if !c.tabs.owns {
		c.outbox.entries = slices.DeleteFunc(c.outbox.entries, func(e *entry) bool { return e.mirror == client.ItemSent })
	}
}

// retry queues a failed item again, behind the others.
func (c *Client) retry(id string) {
	e := c.outbox.find(id)
	if e == nil || !e.failed() {
		return
	}
	e.Code, e.Reason, e.Why, e.mirror, e.handed = "", "", "", "", false
	e.Order = c.outbox.nextOrder(c.now)
	c.outbox.remove(e)
	c.outbox.add(e)
	c.save(e)
	c.changed = true
}

// discard forgets an item that is certainly not in the room.
func (c *Client) discard(id string) {
	e := c.outbox.find(id)
	if e == nil || !e.failed() && e.written {
		return
	}
	c.outbox.remove(e)
	c.outbox.touched = true
	c.emit(client.RemoveItem{ID: id})
	if c.tabs.peers {
		c.tell(client.Note{Kind: client.NoteDrop, Item: client.Item{ID: id}})
	}
	c.changed = true
}

// acknowledge takes an own message that came back: it is in the room.
func (c *Client) acknowledge(m *protocol.Message) {
	c.outbox.done(m.ID)
	e := c.outbox.find(m.ID)
	if e == nil {
		return
	}
	c.outbox.remove(e)
	c.outbox.touched = true
	c.emit(client.RemoveItem{ID: m.ID})
	if c.tabs.owns && c.tabs.peers {
		c.tell(client.Note{Kind: client.NoteState, Item: client.Item{ID: m.ID}, State: client.ItemSent, Epoch: c.sync.epoch, Seq: m.Seq})
	}
	c.changed = true
}
