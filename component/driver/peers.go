package driver

import "hallway/component/client"

// peers are the other pages of this device that share an outbox, and the lock by which
// one page owns it. The methods never wait. Events come as [client.Owns] and
// [client.PeerSaid].
type peers interface {
	// share leaves the outbox that was shared before and shares key's.
	share(key Key)
	// tell sends a note to the pages that share the outbox now.
	tell(note client.Note)
	// close leaves the outbox; if this page owned it, the next page does.
	close()
}

// alone stands for peers if there are none: the outbox is owned at once.
type alone struct{ post func(client.Event) }

func (a alone) share(key Key)    { a.post(client.Owns{User: key.User, Alone: true}) }
func (a alone) tell(client.Note) {}
func (a alone) close()           {}
