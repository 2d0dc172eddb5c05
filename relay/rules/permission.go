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

// permission returns the least role in the room that an action asks for, "" where nobody
// may ask for it. Editing and deleting is the sender's own right, and deleting also that
// of mayDeleteAny.
func permission(do Action) protocol.Role {
	switch do := do.(type) {
	case Send, Upload, Edit, Delete, React, Report, Register, Unregister, HandOn, Want:
		return protocol.RoleParticipant
	case Pin, Moderate, Resolve, MakeTurn:
		return protocol.RoleModerator
	case Configure, Drop, Revoke: // to revoke, in all rooms: of the pattern *
		return protocol.RoleOrganizer
	case Adjust:
		if do.Frozen != nil {
			return mayFreeze
		}
		return protocol.RoleModerator
	}
	return ""
}

// Permit makes the op one of the sender, and reports whether the sender's role may ask
// for it at all.
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

// NotPermitted refuses an op that the sender's role may not ask for.
func NotPermitted() Refusal {
	return Refusal{Code: protocol.CodeForbidden, Reason: "the role does not allow this"}
}
