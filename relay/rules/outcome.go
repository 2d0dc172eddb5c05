package rules

import (
	"time"

	"hallway/protocol"
)

// An Outcome is the result of an [Op], or the reason of its refusal.
type Outcome struct {
	Refusal // its Code is "" if the op was carried out

	// Result has the type that belongs to the action; it is nil if the op was refused.
	Result Result
	// Epoch and Head are the room's values after the op.
	Epoch string
	Head  int64
	// Void reports that a ban of the sender ended, because it does not hold against the sender's present role.
	Void bool
	// DueNow reports that a new turn of the room is due, which must leave out the users in Due.
	DueNow bool
	Due    []string
}

// A Refusal is the reason why an op was not carried out.
type Refusal struct {
	Code   protocol.Code
	Reason string // safe to show
	// RetryAfter is the time to wait after a retryable Code.
	RetryAfter time.Duration
	// Why names the rule that refused the op, with CodeForbidden, CodeRateLimited and CodeConflict; "": the rule has no
	// name.
	Why protocol.Why
	// Until is the end of the refusal; 0: never, or unknown.
	Until protocol.Time
	// Note is the moderator's reason for the ban or the mute.
	Note string
	// UpTo is the highest role against which the ban or mute holds; "": against all roles.
	UpTo protocol.Role
}

// A Result holds the change that an op made, or the row that it found. It is one of the types below.
type Result interface{ result() }

type (
	// Opened answers an Open.
	Opened struct {
		Read     int64 // the sender's read marker
		Settings protocol.RoomSettings
		Mute     *protocol.Sanction // the sender's mute; nil: none
		Reports  int64              // the number of open reports
		Ruled    int64              // Head.Rules before the batch; the other fields are at least as new
		Mentions int64              // see Set.Mentions
		Locked   *Locked            // nil: the room is not end-to-end encrypted
	}

	// Stored answers a Send, Edit, Delete, React and Pin.
	Stored struct {
		Message protocol.Message // as stored now
		New     bool             // the op took a rev; false: it changed nothing
		// Encoded holds the message as JSON. The hub sets it; nil: not encoded yet.
		Encoded []byte
	}

	// Uploaded answers an Upload.
	Uploaded struct {
		File File
		New  bool // the file was or may be stored; false: it was stored before
	}

	// Marked answers a Read.
	Marked struct{ Read int64 } // the read marker

	// Configured answers a Configure and an Adjust.
	Configured struct {
		Settings protocol.RoomSettings
		New      bool // the Adjust changed something
	}

	// Dropped answers a Drop.
	Dropped struct{}

	// Moderated answers a Moderate.
	Moderated struct {
		User     protocol.User      // the user concerned; without a membership a participant without a name
		New      bool               // something changed
		Sanction *protocol.Sanction // the new mute or ban
		UpTo     protocol.Role      // the highest role against which it holds; "": against all roles
		Messages []protocol.Message // the new tombstones of a clear, by rev
		More     bool               // the clear needs another op, with Again
		// Cleared is the number of tombstones of the whole clear. The hub sets it.
		Cleared int64
	}

	// Reported answers a Report and a Resolve.
	Reported struct {
		Report protocol.ReportEntry
		New    bool  // the op made or closed the report
		Open   int64 // the number of the room's open reports
	}

	// Revoked answers a Revoke.
	Revoked struct {
		New bool
		At  protocol.Time // tokens issued until then are invalid; 0: the revocation ended
		Due []DueRoom     // rooms in which a turn is due for the user
	}

	// Erased answers an Erase.
	Erased struct{ Messages []protocol.Message } // the changed messages, by rev

	// Forgotten answers a Forget.
	Forgotten struct{ Due []DueRoom } // rooms in which a turn is due

	// Seen answers a See.
	Seen struct {
		New    bool
		Ranked bool  // the user is above participant in some room
		More   bool  // another See must follow, with Next as After
		Next   int64 // 0 if More is false
	}

	// Registered answers a Register.
	Registered struct{ Device protocol.Device }

	// Unregistered answers an Unregister.
	Unregistered struct {
		ID, User string
		Due      []DueRoom // rooms in which a turn is due
	}

	// Turned answers a MakeTurn.
	Turned struct {
		Room  string
		Turn  protocol.Turn
		Wraps []protocol.Wrap // the stored ones
	}

	// HandedOn answers a HandOn.
	HandedOn struct {
		N     int64
		Wraps []protocol.Wrap // the stored ones
	}

	// Wanted answers a Want.
	Wanted struct {
		N    int64
		Wrap *protocol.Wrap // nil: no device has handed the secret on
	}
)

func (Opened) result()     {}
func (Stored) result()     {}
func (Uploaded) result()   {}
func (Marked) result()     {}
func (Configured) result() {}
func (Dropped) result()    {}
func (Moderated) result()  {}
func (Reported) result()   {}
func (Revoked) result()    {}
func (Erased) result()     {}
func (Forgotten) result()  {}
func (Seen) result()       {}

func (Registered) result()   {}
func (Unregistered) result() {}
func (Turned) result()       {}
func (HandedOn) result()     {}
func (Wanted) result()       {}

// refuse returns the outcome of a refused op.
func refuse(code protocol.Code, reason string) Outcome {
	return Outcome{Refusal: Refusal{Code: code, Reason: reason}}
}

// notFound refuses an op whose room or message does not exist.
func notFound(op *Op) Outcome {
	reason := "the room has no message with this id"
	switch op.Do.(type) {
	case Send:
		reason = "nothing was sent with this id"
	case Read, Drop, Adjust, Moderate, Erase, MakeTurn, HandOn, Want:
		reason = "there is no such room"
	case Resolve:
		reason = "the room has no such report"
	}
	return refuse(protocol.CodeNotFound, reason)
}
