package action

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/protocol"
)

// Target is the message that an action is about.
type Target struct {
	ID        string
	Stored    bool // the relay has stored the message
	Own       bool
	Deleted   bool
	Encrypted bool
	Pinned    bool
	Text      string
	SenderID  string
	Sender    string // the sender's shown name
	Picture   string // the URL of the sender's picture; "": none
	Role      protocol.Role
	Mine      []string  // the user's own reactions
	Reactions []string  // all emoji with which users have reacted
	Bubble    app.Value // its element in the document
}

// Offered returns the actions that a user with a role may take on a message, in the order of its
// menu. A message that is not stored offers none. A deleted message offers only the actions on its sender.
func Offered(t *Target, role protocol.Role) []Action {
	sender := OnSender(t, role)
	switch {
	case !t.Stored:
		return nil
	case t.Deleted:
		return sender
	}
	all := []Action{React, Reply}
	if len(t.Reactions) > 0 {
		all = []Action{React, Reactors, Reply}
	}
	if t.Own && !t.Encrypted {
		all = append(all, Edit)
	}
	if !t.Encrypted {
		all = append(all, Copy)
	}
	switch {
	case client.Moderates(role) && t.Pinned:
		all = append(all, Unpin)
	case client.Moderates(role):
		all = append(all, Pin)
	}
	if t.Own || client.Moderates(role) {
		all = append(all, Delete)
	}
	if !t.Own {
		all = append(all, Report)
	}
	return append(all, sender...)
}

// OnSender returns the actions that a user with a role may take on the sender of a message.
func OnSender(t *Target, role protocol.Role) []Action {
	if t.Own || !role.MayModerate(t.Role) {
		return nil
	}
	return []Action{Mute, Ban, Clear}
}

// Undoes returns the moderator's act that undoes another one, or "".
func Undoes(act protocol.Act) protocol.Act {
	switch act {
	case protocol.ActMute:
		return protocol.ActUnmute
	case protocol.ActBan:
		return protocol.ActUnban
	}
	return ""
}
