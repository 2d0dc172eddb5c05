package client

// NoteKind is the kind of a [Note].
type NoteKind string

// The kinds of note.
const (
	NoteHand  NoteKind = "hand"  // to the owner: the user has written or retried Item
	NoteDrop  NoteKind = "drop"  // to all: the user has discarded Item
	NoteAsk   NoteKind = "ask"   // to the owner: send the list
	NoteOwner NoteKind = "owner" // from a new owner: hand over your items
	NoteState NoteKind = "state" // from the owner: Item is in State now
	NoteList  NoteKind = "list"  // from the owner, after an ask: the ids of all its items
)

// Note is a message from one page to the others of the same user, relay and room. Each page receives the
// notes of another page in order. Some may get lost.
type Note struct {
	Kind  NoteKind
	Item  Item
	State ItemState
	IDs   []string
	// Uploads, with NoteHand, says that the sending page has the bytes of Item's files and uploads them.
	Uploads bool
	// With ItemSent, Epoch and Seq are the message's position in the history. A page that has not reached it yet keeps
	// the item until then.
	Epoch string
	Seq   int64
}
