package client

import "hallway/protocol"

// LockState says whether messages can be encrypted now.
type LockState string

// The states of a chat that encrypts.
const (
	LockReady    LockState = "ready"
	LockWaiting  LockState = "waiting"   // for a key, or for the relay
	LockNoDevice LockState = "no-device" // no keys or no certificate can be had here
	LockMissing  LockState = "missing"   // the relay or the room does not encrypt: nothing is sent
	LockOut      LockState = "out"       // a moderator has shut the user out
)

// Lock is the state of a chat that encrypts, as people see it.
type Lock struct {
	State    LockState
	Fleeting bool     // keys cannot be stored: the device lives with the page
	Code     string   // 30 digits: all who have the same turn see the same; "": not known
	Out      []string // ids of users whom the newest turn shuts out
	Readers  []Reader // who can read; nil unless [ShowReaders] asks for them
}

// Reader is a user who can read, and the ids of the user's devices.
type Reader struct {
	User    protocol.User // as the host's issuer names the user
	Devices []string
}

// Mark says what a message in an encrypted room is, apart from its text. An unmarked one was
// opened, and its author is certain.
type Mark string

// The marks.
const (
	MarkNone      Mark = ""
	MarkOpening   Mark = "opening"
	MarkWaiting   Mark = "waiting"   // for its key
	MarkBefore    Mark = "before"    // it is from before the user could read
	MarkAltered   Mark = "altered"   // it is not as its author has sealed it
	MarkUncertain Mark = "uncertain" // nobody vouches for its author
	MarkPlain     Mark = "plain"     // it came unencrypted
)

// Said is what came of a message that was to be opened.
type Said struct {
	Mark Mark
	// Of a message that was opened:

	Text     string
	Mentions []protocol.Mention
	Edit     int64          // the number of the edit; 0: the original
	Author   *protocol.User // as the certificate names the author; nil: nobody vouches
}

// Opened reports whether the message was opened.
func (s *Said) Opened() bool { return s.Mark == MarkNone || s.Mark == MarkUncertain }

// ShowReaders begins to show who can read in an encrypted room, or ends it.
type ShowReaders struct{ On bool }

// Readmit lets a user in again whom a moderator has shut out.
type Readmit struct{ User string }

// NewTurn makes a new secret for the room, if the user moderates it. If nobody is left who has
// the secret before, a new chapter begins: users who come later cannot read earlier messages.
type NewTurn struct{}

func (NewTurn) event()     {}
func (ShowReaders) event() {}
func (Readmit) event()     {}
