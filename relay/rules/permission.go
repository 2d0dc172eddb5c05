package rules

import "hallway/protocol"

const (
	// mayFreeze is the least role that freezes a room, or thaws it.
	mayFreeze = protocol.RoleOrganizer
	// mayDeleteAny is the least role that deletes the messages of others.
	mayDeleteAny = protocol.RoleModerator
	// mayMentionAll is the least role that mentions everybody in a room.
	mayMentionAll = protocol.RoleModerator
)

// permission returns the least role in the room for an action; "": no user may ask for it. All users may edit and
// delete their own messages; mayDeleteAny is the role for others' messages.
func permission(do Action) protocol.Role {
	switch do := do.(type) {
	case Send, Upload, Edit, Delete, React, Report, Register, Unregister, HandOn, Want:
		return protocol.RoleParticipant
	case Pin, Moderate, Resolve, MakeTurn:
		return protocol.RoleModerator
	case Configure, Drop, Revoke: // revoking needs the pattern *
		return protocol.RoleOrganizer
	case Adjust:
		if do.Frozen != nil {
			return mayFreeze
		}
		return protocol.RoleModerator
	}
	return ""
}

// Permit sets the op's sender, and reports whether the sender's role may ask for the op.
func (op *Op) Permit(sender protocol.User) bool {
	op.Sender = sender
	if do, ok := op.Do.(Delete); ok {
		do.Any = sender.Role.AtLeast(mayDeleteAny)
		op.Do = do
	}
	if do, ok := op.Do.(Unregister); ok {
		do.Any = sender.Role.AtLeast(protocol.RoleOrganizer)
		op.Do = do
	}
	least := permission(op.Do)
	return least != "" && sender.Role.AtLeast(least)
}

// NotPermitted refuses an op that the sender's role does not allow.
func NotPermitted() Refusal {
	return Refusal{Code: protocol.CodeForbidden, Reason: "the role does not allow this"}
}
