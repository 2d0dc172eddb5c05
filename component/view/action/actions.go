package action

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

// Action is something that can be done in the log. Buttons are told apart by it.
type Action string

// What can be done with a message.
const (
	Retry    Action = "retry"
	Discard  Action = "discard"
	Quoted   Action = "quoted"   // go to the message that it answers
	Reaction Action = "reaction" // add or take back one that is there
	React    Action = "react"    // choose an emoji
	Emoji    Action = "emoji"    // the one that was chosen
	Reply    Action = "reply"
	Edit     Action = "edit"
	Copy     Action = "copy"
	Pin      Action = "pin"
	Unpin    Action = "unpin"
	Delete   Action = "delete"
	Report   Action = "report"
	Mute     Action = "mute"  // the sender
	Ban      Action = "ban"   // the sender
	Clear    Action = "clear" // all that the sender wrote
	Lift     Action = "lift"  // a mute or a ban of the sender
	Menu     Action = "menu"
)

// What can be done besides.
const (
	Earlier   Action = "earlier"
	End       Action = "end"
	Shortcuts Action = "shortcuts"
	Confirm   Action = "confirm"
	Close     Action = "dismiss"
	Pinned    Action = "to-pinned" // go to a pinned message
	Panel     Action = "panel"     // show all that are
	Room      Action = "room"      // what is set for the room
	Queue     Action = "queue"     // show the open reports
	QueueMore Action = "queue-more"
	Reported  Action = "reported" // go to the message of a report
	Resolve   Action = "resolve"  // a report
	Drop      Action = "drop"     // a report: there is nothing to it
)

var actionWords = map[Action]text.Word{
	React:     text.React,
	Reply:     text.Reply,
	Edit:      text.Edit,
	Copy:      text.Copy,
	Pin:       text.Pin,
	Unpin:     text.Unpin,
	Delete:    text.Delete,
	Report:    text.Report,
	Mute:      text.Mute,
	Ban:       text.Ban,
	Clear:     text.Clear,
	Menu:      text.More,
	Shortcuts: text.Shortcuts,
}

// actionKeys are the keys, in lower case, that do something with the message that
// the keyboard is at.
var actionKeys = map[string]Action{
	"enter":       Menu,
	"contextmenu": Menu,
	"+":           React,
	":":           React,
	"r":           Reply,
	"e":           Edit,
	"delete":      Delete,
	"backspace":   Delete,
	"?":           Shortcuts,
}

// shortcuts are the keys as they are shown beside the actions.
var shortcuts = map[Action]string{
	Menu:      "Enter",
	React:     "+",
	Reply:     "R",
	Edit:      "E",
	Delete:    "Delete",
	Shortcuts: "?",
}

// Target is the message that an action is about.
type Target struct {
	Id        string
	Stored    bool // by the relay
	Own       bool
	Deleted   bool
	Encrypted bool
	Pinned    bool
	Text      string
	SenderID  string
	Sender    string // the sender's name as it is shown
	Role      protocol.Role
	Mine      []string  // the user's own reactions
	Bubble    app.Value // its element in the document
}

// Offered returns the actions that a user with a role may do with a message, in the order of the
// menu: none with a message that is not stored, and with a deleted one those on its sender.
func Offered(t *Target, role protocol.Role) []Action {
	var sender []Action
	if !t.Own && role.MayModerate(t.Role) {
		sender = []Action{Mute, Ban, Clear}
	}
	switch {
	case !t.Stored:
		return nil
	case t.Deleted:
		return sender
	}
	all := []Action{React, Reply}
	if t.Own && !t.Encrypted {
		all = append(all, Edit)
	}
	if !t.Encrypted {
		all = append(all, Copy)
	}
	switch {
	case client.Leads(role) && t.Pinned:
		all = append(all, Unpin)
	case client.Leads(role):
		all = append(all, Pin)
	}
	if t.Own || client.Leads(role) {
		all = append(all, Delete)
	}
	if !t.Own {
		all = append(all, Report)
	}
	return append(all, sender...)
}

// ForKey returns the action of a key, if it has one.
func ForKey(key string) (does Action, ok bool) {
	does, ok = actionKeys[key]
	return does, ok
}

// Name returns what an action is called.
func (a Action) Name(t *text.Texts) string { return t.Say(actionWords[a]) }

// Shortcut returns the key of an action, as it is shown beside it; "" for an action without one.
func (a Action) Shortcut() string { return shortcuts[a] }
