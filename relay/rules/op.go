package rules

import "hallway/protocol"

// An Op is one durable change that somebody asks for. Its content has been checked.
type Op struct {
	Room   string        // "" with a Revoke, a Forget, a See, a Register and an Unregister
	Sender protocol.User // with the role in this room
	Do     Action
}

// An Action says what an op does: it is one of the types below.
type Action interface{ action() }

type (
	// Open makes the room where it does not exist, makes the sender a member and reads
	// the room's state.
	Open struct {
		// Rank is the sender's role in the room by the last token seen; "": not known.
		Rank protocol.Role
		// Read is the sender's read marker, where the store may hold an earlier one.
		Read int64
		// Device is the sender's device, which enters an end-to-end encrypted room; "": it has none.
		Device string
	}

	// Send creates a message, or finds the one that was stored before under its id. It
	// makes the room where it does not exist.
	Send struct {
		protocol.Send
		// FindOnly makes the op change nothing and make no room: an id that was stored
		// before is answered as ever, any other is CodeNotFound.
		FindOnly bool
	}

	// Upload keeps a file for a later message of the sender, or finds the one that was kept
	// before under its id. It makes the room where it does not exist.
	Upload struct {
		File   File // its owner and its time are the op's
		Limits FileLimits
		// Ask makes the op change nothing and make no room: it tells whether a file of this
		// size may be uploaded at present.
		Ask bool
		// Plain reports that the bytes are of another type than application/octet-stream, by what the
		// sender says.
		Plain bool
	}

	// Edit replaces the content of a message. It and the following actions but Configure
	// never make a room: they are CodeNotFound where there is none.
	Edit struct {
		ID        string
		Text      string
		Encrypted *protocol.Encrypted // in place of Text
		Mentions  []protocol.Mention  // in Text
	}

	// Delete makes a message a tombstone.
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

	// Read moves the sender's read marker forward to Seq, but not beyond the head. It
	// takes no rev. A user who is not a member has no marker.
	Read struct{ Seq int64 }

	// Configure sets the room's title and settings, and makes the room where it does not
	// exist. It takes no rev.
	Configure struct {
		Title    string
		Settings string // a JSON object, or ""
	}

	// Drop deletes the room with all its content. A room made later under its name has
	// another epoch. The outcome names neither epoch nor head.
	Drop struct{}

	// Adjust changes the settings that it names, and leaves the title. It takes no rev.
	Adjust struct{ protocol.Adjust }

	// Moderate does Act to a user. A mute or ban replaces one in force; unmute and unban
	// end one; remove deletes the member; clear makes messages of the user tombstones,
	// the oldest first, in parts: see Moderated.More.
	Moderate struct {
		Act    protocol.Act
		User   string
		Until  protocol.Time // of a mute or a ban; 0: for ever
		Reason string        // at most protocol.ReasonBytesMax
		// Rank is the user's role in the room by the last token seen; "": not known.
		Rank protocol.Role
		// Again marks a later part of a clear. The first one is audited.
		Again bool
	}

	// Report puts a message on the room's list of reports. A second report of the same
	// message by the same sender changes nothing while the first is open.
	Report struct{ ID, Reason string }

	// Resolve closes an open report.
	Resolve struct {
		N     int64
		State protocol.ReportState // resolved or dismissed
	}

	// Revoke ends the validity of all tokens of a user until now (On), or restores it.
	// Revoking again takes the present time.
	Revoke struct {
		User string
		On   bool
		// Rank is the user's highest role in any room by the last token seen; "": the
		// one that the last See has stored.
		Rank protocol.Role
	}

	// Erase takes a user out of some messages of a room. The user's own messages, even
	// tombstones, become tombstones of the pseudonym; in the others the pseudonym takes
	// the user's place among the reactions.
	Erase struct {
		User      string
		Pseudonym string
		Seqs      []int64 // ascending, at most ClearMax
	}

	// Forget takes a user out of everything that is not a message: memberships,
	// sanctions and the revocation are gone, acts by and about the user stand under the
	// pseudonym. Erasing a user ends with it, and only this part is audited.
	Forget struct {
		User      string
		Pseudonym string
	}

	// See takes note of a token of the sender: a member's role becomes the one that the
	// token grants, in each room that it opens, and the highest one becomes the user's
	// rank. It is done in parts: see Seen.More. It is not audited.
	See struct {
		Grants Grants
		After  int64 // Seen.Next of the part before
	}

	// Register stores the sender's device.
	Register struct{ Device protocol.Device }

	// Unregister deletes a device, and takes it out of all rooms.
	Unregister struct {
		ID     string
		Any    bool   // the device may be another user's
		Grants Grants // the device may be another user's in a room of which they make the sender an organizer; nil: they do not
	}

	// MakeTurn makes a new turn of an end-to-end encrypted room. It and the following
	// actions come from the sender's Device.
	MakeTurn struct {
		Turn   protocol.Turn
		Wraps  []protocol.Wrap // of its secret
		Device string
	}

	// HandOn hands the secret of turn N to devices. A wrap for a device that is not in the
	// room, or of a user whom the newest turn leaves out, is passed over.
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

// Grants tells the roles that a token gives.
type Grants interface {
	// Role returns the user's role in a room; ok is false where the token does not open it.
	Role(room string) (role protocol.Role, ok bool)
	// Highest returns the highest role that the token gives in any room, and the
	// participant's where it opens none.
	Highest() protocol.Role
}

// ClearMax limits the messages that one op clears or erases: others come in between.
const ClearMax = 200

// SeenRoomsMax limits the rooms of a user that one See looks at.
const SeenRoomsMax = 50

// ID returns the id of the message that the op is about, "" if there is none.
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

// makesRoom reports whether the op makes its room where it does not exist.
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

// SetsRules reports whether the op may change who may write in the room.
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

// asks reports whether the op only asks whether it would be allowed.
func (op *Op) asks() bool {
	upload, ok := op.Do.(Upload)
	return ok && upload.Ask
}

// finds reports whether the op only looks for a message.
func (op *Op) finds() bool {
	send, ok := op.Do.(Send)
	return ok && send.FindOnly
}
