package driver

import "hallway/component/client"

// peers connects the pages of this device that share an outbox, and holds the lock that makes one
// page its owner. The methods never wait. The core gets the events [client.Owns] and
// [client.PeerSaid].
type peers interface {
	// share leaves the previous outbox and shares the one of key.
	share(key Key)
	// tell sends a note to the other pages that share the outbox.
	tell(note client.Note)
	// close leaves the outbox. If this page owns it, another page becomes the owner.
	close()
}

// alone stands in for peers on a platform without other pages. The page owns the outbox at once.
type alone struct{ post func(client.Event) }

func (a alone) share(key Key)    { a.post(client.Owns{User: key.User, Alone: true}) }
func (a alone) tell(client.Note) {}
func (a alone) close()           {}
