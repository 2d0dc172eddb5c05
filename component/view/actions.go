package view

import (
	"hallway/component/client"
	"hallway/protocol"
)

// action is something that can be done in the log. Buttons are told apart by it.
type action string

// What can be done with a message.
const (
	actionRetry    action = "retry"
	actionDiscard  action = "discard"
	actionQuoted   action = "quoted"   // go to the message that it answers
	actionReaction action = "reaction" // add or take back one that is there
	actionReact    action = "react"    // choose an emoji
	actionEmoji    action = "emoji"    // the one that was chosen
	actionReply    action = "reply"
	actionEdit     action = "edit"
	actionCopy     action = "copy"
	actionPin      action = "pin"
	actionUnpin    action = "unpin"
	actionDelete   action = "delete"
	actionReport   action = "report"
	actionMute     action = "mute"  // the sender
	actionBan      action = "ban"   // the sender
	actionClear    action = "clear" // all that the sender wrote
	actionLift     action = "lift"  // a mute or a ban of the sender
	actionMenu     action = "menu"
)

// What can be done besides.
const (
	actionEarlier   action = "earlier"
	actionEnd       action = "end"
	actionShortcuts action = "shortcuts"
	actionConfirm   action = "confirm"
	actionClose     action = "dismiss"
	actionPinned    action = "to-pinned" // go to a pinned message
	actionPanel     action = "panel"     // show all that are
	actionRoom      action = "room"      // what is set for the room
	actionQueue     action = "queue"     // show the open reports
	actionQueueMore action = "queue-more"
	actionReported  action = "reported" // go to the message of a report
	actionResolve   action = "resolve"  // a report
	actionDrop      action = "drop"     // a report: there is nothing to it
)

var actionWords = map[action]word{
	actionReact:     wordReact,
	actionReply:     wordReply,
	actionEdit:      wordEdit,
	actionCopy:      wordCopy,
	actionPin:       wordPin,
	actionUnpin:     wordUnpin,
	actionDelete:    wordDelete,
	actionReport:    wordReport,
	actionMute:      wordMute,
	actionBan:       wordBan,
	actionClear:     wordClear,
	actionMenu:      wordMore,
	actionShortcuts: wordShortcuts,
}

// actionKeys are the keys, in lower case, that do something with the message that
// the keyboard is at.
var actionKeys = map[string]action{
	"enter":       actionMenu,
	"contextmenu": actionMenu,
	"+":           actionReact,
	":":           actionReact,
	"r":           actionReply,
	"e":           actionEdit,
	"delete":      actionDelete,
	"backspace":   actionDelete,
	"?":           actionShortcuts,
}

// shortcuts are the keys as they are shown beside the actions.
var shortcuts = map[action]string{
	actionMenu:      "Enter",
	actionReact:     "+",
	actionReply:     "R",
	actionEdit:      "E",
	actionDelete:    "Delete",
	actionShortcuts: "?",
}

// actionsOn are what somebody in a role may do with a message, in the order of its
// menu. With one that is not stored there is nothing to do here; of one that was deleted
// only the sender is left.
func actionsOn(r *row, role protocol.Role) []action {
	var sender []action
	if !r.own && role.MayModerate(r.role) {
		sender = []action{actionMute, actionBan, actionClear}
	}
	switch {
	case r.seq == 0:
		return nil
	case r.deleted:
		return sender
	}
	all := []action{actionReact, actionReply}
	if r.own && !r.encrypted {
		all = append(all, actionEdit)
	}
	if !r.encrypted {
		all = append(all, actionCopy)
	}
	switch {
	case client.Leads(role) && r.pinned:
		all = append(all, actionUnpin)
	case client.Leads(role):
		all = append(all, actionPin)
	}
	if r.own || client.Leads(role) {
		all = append(all, actionDelete)
	}
	if !r.own {
		all = append(all, actionReport)
	}
	return append(all, sender...)
}
