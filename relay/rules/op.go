package rules

import "hallway/protocol"

// An Op is one durable change that a user asks for. Its content was checked.
type Op struct {
	Room   string        // "" with a Revoke, a Forget, a See, a Register and an Unregister
	Sender protocol.User // with the role in this room
	Do     Action
}

// An Action is the change itself: one of the types below.
type Action interface{ action() }

type (
	// Open makes the room if it does not exist, makes the sender a member and reads the room's state.
	Open struct {
		// Rank is the sender's role in the room by the last token seen; "": unknown.
		Rank protocol.Role
		// Read is the sender's read marker; the stored one may be earlier.
		Read int64
		// Device is the sender's device, which enters an end-to-end encrypted room; "": it has none.
		Device string
	}

	// Send creates a message, or finds the stored message with its id. It makes the room if it does not exist.
	Send struct {
		protocol.Send
		// FindOnly makes the op a look-up that changes nothing and makes no room. A stored id is answered as usual; any
		// other id is CodeNotFound.
		FindOnly bool
	}

	// Upload stores a file for a later message of the sender, or finds the stored file with its id. It makes the room
	// if it does not exist.
	Upload struct {
		File   File // its owner and its time come from the op
		Limits FileLimits
		// Ask makes the op a question that changes nothing and makes no room: may a file of this size be uploaded now?
		Ask bool
		// Plain reports that the sender names another type than application/octet-stream.
		Plain bool
	}

	// Edit replaces the content of a message. If the room does not exist, it is CodeNotFound, as are all following
	// actions except Configure.
	Edit struct {
		ID        string
		Text      string
		Encrypted *protocol.Encrypted // in place of Text
		Mentions  []protocol.Mention  // in Text
	}

	// Delete turns a message into a tombstone.
	Delete struct {
		ID  string
		Any bool // the message may be another user's
	}

	// React adds the sender's emoji to a message (On), or takes it back.
	React struct {
		ID    string
		Emoji string
		On    bool
	}

	// Pin pins a message (On), or unpins it.
	Pin struct {
		ID string
		On bool
	}

	// Read moves the sender's read marker forward to Seq, but not beyond the head. It takes no rev. Only a member has a
	// marker.
	Read struct{ Seq int64 }

	// Configure sets the room's title and settings, and makes the room if it does not exist. It takes no rev.
	Configure struct {
		Title    string
		Settings string // a JSON object, or ""
	}

	// Drop deletes the room with all its content. A later room of the same name has another epoch. The outcome holds
	// neither epoch nor head.
	Drop struct{}

	// Adjust changes the settings that it names, and keeps the title. It takes no rev.
	Adjust struct{ protocol.Adjust }

	// Moderate carries out Act on a user. A mute or ban replaces one in force; unmute and unban end one; remove deletes
	// the member; clear turns the user's messages into tombstones, the oldest first, in parts: see Moderated.More.
	Moderate struct {
		Act    protocol.Act
		User   string
		Until  protocol.Time // of a mute or a ban; 0: for ever
		Reason string        // at most protocol.ReasonBytesMax
		// Rank is the user's role in the room by the last token seen; "": unknown.
		Rank protocol.Role
		// Again marks a later part of a clear. The first one is audited.
		Again bool
	}

	// Report adds a message to the room's list of reports. While it is open, a second report of the same message by the
	// same sender changes nothing.
	Report struct{ ID, Reason string }

	// Resolve closes an open report.
	Resolve struct {
		N     int64
		State protocol.ReportState // resolved or dismissed
	}

	// Revoke makes all present tokens of a user invalid (On), or ends the revocation. A second revocation replaces the
	// time of the first.
	Revoke struct {
		User string
		On   bool
		// Rank is the user's highest role in any room by the last token seen; "": the last See stored it.
		Rank protocol.Role
	}

	// Erase removes a user from some messages of a room. The user's own messages, even tombstones, become tombstones of
	// the pseudonym; in other messages the pseudonym replaces the user in reactions and mentions.
	Erase struct {
		User      string
		Pseudonym string
		Seqs      []int64 // ascending, at most ClearMax
	}

	// Forget removes a user from everything but messages. It deletes memberships, sanctions and the revocation; audit
	// entries by and about the user name the pseudonym instead. It is the last step of an erasure, and the only one in
	// the audit.
	Forget struct {
		User      string
		Pseudonym string
	}

	// See stores the roles of the sender's token: the role of each membership in the rooms that the token opens, and
	// the highest role as the user's rank. It is done in parts: see Seen.More. It is not audited.
	See struct {
		Grants Grants
		After  int64 // Seen.Next of the previous part
	}

	// Register stores the sender's device.
	Register struct{ Device protocol.Device }

	// Unregister deletes a device, and removes it from all rooms.
	Unregister struct {
		ID     string
		Any    bool   // the device may be another user's
		Grants Grants // the device may be in a room where these grants make the sender an organizer; nil: no such room
	}

	// MakeTurn makes a new turn of an end-to-end encrypted room. In this and the following actions, Device is the
	// sender's device.
	MakeTurn struct {
		Turn   protocol.Turn
		Wraps  []protocol.Wrap // of its secret
		Device string
	}

	// HandOn hands the secret of turn N to devices. It skips wraps for devices outside the room, and for users whom the
	// newest turn leaves out.
	HandOn struct {
		N      int64
		Wraps  []protocol.Wrap
		Device string
	}

	// Want asks for the secret of turn N.
	Want struct {
		N      int64
		Device string
	}
)

func (Open) action()      {}
func (Send) action()      {}
func (Upload) action()    {}
func (Edit) action()      {}
func (Delete) action()    {}
func (React) action()     {}
func (Pin) action()       {}
func (Read) action()      {}
func (Configure) action() {}
func (Drop) action()      {}
func (Adjust) action()    {}
func (Moderate) action()  {}
func (Report) action()    {}
func (Resolve) action()   {}
func (Revoke) action()    {}
func (Erase) action()     {}
func (Forget) action()    {}
func (See) action()       {}

func (Register) action()   {}
func (Unregister) action() {}
func (MakeTurn) action()   {}
func (HandOn) action()     {}
func (Want) action()       {}

// Grants are the roles that a token gives.
type Grants interface {
	// Role returns the user's role in a room; ok is false if the token does not open the room.
	Role(room string) (role protocol.Role, ok bool)
	// Highest returns the highest role in any room, or participant if the token opens none.
	Highest() protocol.Role
}

// ClearMax limits the messages that one op clears or erases, so that other ops can come between.
const ClearMax = 200

// SeenRoomsMax limits the rooms of one See.
const SeenRoomsMax = 50

// ID returns the id of the message that the op is about; "" if it is about none.
func (op *Op) ID() string {
	switch do := op.Do.(type) {
	case Send:
		return do.ID
	case Edit:
		return do.ID
	case Delete:
		return do.ID
	case React:
		return do.ID
	case Pin:
		return do.ID
	case Report:
		return do.ID
	}
	return ""
}

// makesRoom reports whether the op makes its room if the room does not exist.
func (op *Op) makesRoom() bool {
	switch do := op.Do.(type) {
	case Open, Configure:
		return true
	case Send:
		return !do.FindOnly
	case Upload:
		return !do.Ask
	}
	return false
}

// SetsRules reports whether the op may change the permissions to write in the room.
func (op *Op) SetsRules() bool {
	switch op.Do.(type) {
	case Configure, Drop, Adjust, MakeTurn:
		return true
	}
	return false
}

// writes reports whether a mute and the room's settings can bar the op.
func (op *Op) writes() bool {
	switch op.Do.(type) {
	case Send, Upload, Edit, React:
		return true
	}
	return false
}

// asks reports whether the op only asks for permission.
func (op *Op) asks() bool {
	upload, ok := op.Do.(Upload)
	return ok && upload.Ask
}

// finds reports whether the op only looks for a message.
func (op *Op) finds() bool {
	send, ok := op.Do.(Send)
	return ok && send.FindOnly
}
