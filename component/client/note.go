package client

// NoteKind says what a [Note] tells.
type NoteKind string

// The kinds of note.
const (
	NoteHand  NoteKind = "hand"  // to the owner: the user has written or retried Item
	NoteDrop  NoteKind = "drop"  // to all: the user has discarded Item
	NoteAsk   NoteKind = "ask"   // to the owner: what do you have?
	NoteOwner NoteKind = "owner" // from a new owner: hand me what you have
	NoteState NoteKind = "state" // from the owner: Item is in State now
	NoteList  NoteKind = "list"  // from the owner, after an ask: IDs are all that it has
)

// Note is a message from one page to the others of the same user, relay and room. A
// page's notes reach each other page in their order, or not at all.
type Note struct {
	Kind  NoteKind
	Item  Item
	State ItemState
	IDs   []string
	// Uploads says with NoteHand that the page which hands Item over has the bytes of its files, and uploads them.
	Uploads bool
	// With ItemSent, Epoch and Seq are the message's place: a page that has not come so far
	// in this life of the room keeps the item until it has.
	Epoch string
	Seq   int64
}
