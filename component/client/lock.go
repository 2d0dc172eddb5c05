package client

import (
	"strconv"

	"hallway/protocol"
)

// LockState is the state of encryption in a chat.
type LockState string

// The states of an encrypted chat.
const (
	LockReady    LockState = "ready"
	LockWaiting  LockState = "waiting"   // for a key, or for the relay
	LockNoDevice LockState = "no-device" // this device has no keys or no certificate
	LockMissing  LockState = "missing"   // the relay or the room does not encrypt: nothing is sent
	LockOut      LockState = "out"       // a moderator has left the user out
)

// Lock is the state of an encrypted chat that the user sees.
type Lock struct {
	State    LockState
	Fleeting bool     // keys cannot be stored: the device ends with the page
	Code     string   // 30 digits, the same for every device with the same turn; "" if unknown
	Out      []string // ids of users whom the newest turn leaves out
	Readers  []Reader // the users who can read; nil unless [ShowReaders] asked for them
}

// Reader is a user who can read, and the ids of the user's devices.
type Reader struct {
	User    protocol.User // as in the certificate
	Devices []string
}

// Mark is the encryption state of a message that people see. An unmarked message was
// decrypted, and its author is certain.
type Mark string

// The marks.
const (
	MarkNone      Mark = ""
	MarkOpening   Mark = "opening"
	MarkWaiting   Mark = "waiting"   // for its key
	MarkBefore    Mark = "before"    // sent before the user could read
	MarkAltered   Mark = "altered"   // not as its author sealed it
	MarkUncertain Mark = "uncertain" // no valid certificate for its author
	MarkPlain     Mark = "plain"     // it came unencrypted
)

// Said is the outcome of decrypting a message.
type Said struct {
	Mark Mark
	// For a decrypted message:

	Text     string
	Mentions []protocol.Mention
	Files    []protocol.SealedFile
	Edit     int64          // the number of the edit; 0: the original
	Older    bool           // altered: it is an older edit than one that was shown
	Author   *protocol.User // as in the author's certificate; nil without a valid one
}

// Opened reports whether the message was decrypted.
func (s *Said) Opened() bool { return s.Mark == MarkNone || s.Mark == MarkUncertain }

// ShowReaders shows or hides the list of readers of an encrypted room.
type ShowReaders struct{ On bool }

// Readmit gives keys again to a user whom a moderator left out.
type Readmit struct{ User string }

// NewTurn makes a new secret for the room, if the user moderates it. If no device has
// the previous secret, a new chapter begins: users who join later cannot read earlier messages.
type NewTurn struct{}

func (NewTurn) event()     {}
func (ShowReaders) event() {}
func (Readmit) event()     {}

// CodeLost is the code of a stored message that this device can no longer decrypt.
const CodeLost protocol.Code = "lost"

// KidTurn returns the number of the turn in a kid, or 0 if it names none.
func KidTurn(kid string) int64 {
	for i := range len(kid) {
		if kid[i] == '.' {
			n, _ := strconv.ParseInt(kid[:i], 10, 64)
			return max(0, n)
		}
	}
	return 0
}
