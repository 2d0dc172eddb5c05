package action

import (
	"strings"
	"unicode/utf8"

	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// Action names an action of the user. Its buttons have the name as data.
type Action string

// The actions on a message.
const (
	Retry    Action = "retry"
	Discard  Action = "discard"
	Quoted   Action = "quoted"   // go to the answered message
	Reaction Action = "reaction" // add the user to an existing reaction, or remove the user from it
	React    Action = "react"    // choose an emoji
	Emoji    Action = "emoji"    // react with the chosen one
	Reactors Action = "reactors" // show who has reacted
	Reply    Action = "reply"
	Edit     Action = "edit"
	Copy     Action = "copy"
	Pin      Action = "pin"
	Unpin    Action = "unpin"
	Delete   Action = "delete"
	Report   Action = "report"
	Mute     Action = "mute"  // mute the sender
	Ban      Action = "ban"   // ban the sender
	Clear    Action = "clear" // delete all messages of the sender
	Lift     Action = "lift"  // lift a mute or a ban of the sender
	Profile  Action = "profile"
	Mention  Action = "mention" // mention the sender, or another user
	Menu     Action = "menu"
)

// The other actions.
const (
	Earlier   Action = "earlier" // load earlier messages
	End       Action = "end"     // go to the newest message
	Shortcuts Action = "shortcuts"
	Confirm   Action = "confirm"
	Close     Action = "dismiss"
	Pinned    Action = "to-pinned" // go to a pinned message
	Panel     Action = "panel"     // show all pinned messages
	Room      Action = "room"      // open the room's settings
	Everyone  Action = "everyone"  // mention everybody
	// Actions in the list of users who have reacted with an emoji.
	ReactorsOf   Action = "reactors-of"
	ReactorsMore Action = "reactors-more"
	Readers      Action = "readers" // show who can read in an encrypted room
	Readmit      Action = "readmit" // let a user in again
	Renew        Action = "renew"   // make new keys of an encrypted room
	Queue        Action = "queue"   // show the open reports
	QueueMore    Action = "queue-more"
	Reported     Action = "reported" // go to the message of a report
	Resolve      Action = "resolve"  // resolve a report
	Drop         Action = "drop"     // dismiss a report
)

// The actions on a file.
const (
	Attach   Action = "attach"
	Camera   Action = "camera"
	Describe Action = "describe"    // set its alternative text
	Detach   Action = "remove-file" // remove an attached file
	Reupload Action = "retry-file"
	View     Action = "view-file" // show a picture large
	Download Action = "download"
	Play     Action = "play"
)

// description holds the word, key and icon of an action.
type description struct {
	of   Action
	word text.Word
	key  string // the key's shown name; "": none
	icon string // a path of one line, on a square of 24
}

var descriptions = [...]description{
	{React, text.React, "+", "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8 14.5a4.8 4.8 0 0 0 8 0M9 9.5v.01M15 9.5v.01"},
	{Reactors, text.Reactors, "", "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5a6.5 6.5 0 0 1 3.5 5.5"},
	{Reply, text.Reply, "R", "M9 7l-5 5 5 5M4 12h9a7 7 0 0 1 7 7"},
	{Edit, text.Edit, "E", "M4 20h4L19.5 8.5l-4-4L4 16ZM13 7l4 4"},
	{Copy, text.Copy, "", "M9 9h11v11H9ZM15 9V4H4v11h5"},
	{Pin, text.Pin, "", "M9 4h6l-.8 6 3.8 4H6l3.8-4ZM12 14v6"},
	{Unpin, text.Unpin, "", "M9 4h6l-.8 6 3.8 4H6l3.8-4ZM12 14v6M4 4l16 16"},
	{Delete, text.Delete, "Delete", "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5"},
	{Report, text.Report, "", "M6 21V4h12l-2.5 4L18 12H6"},
	{Mute, text.Mute, "", "M5 5h14v11h-8l-4 4v-4H5ZM9 8l6 5M15 8l-6 5"},
	{Ban, text.Ban, "", "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM6 6l12 12"},
	{Clear, text.Clear, "", "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11l4 5M14 11l-4 5"},
	{Menu, text.More, "Enter", "M5 12h.01M12 12h.01M19 12h.01"},
	{Mention, text.MentionDo, "", "M16 12a4 4 0 1 0-8 0 4 4 0 0 0 8 0ZM16 8v5.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.5 7.1"},
	{Shortcuts, text.Shortcuts, "?", "M3 6h18v12H3ZM7 10h.01M11 10h.01M15 10h.01M8 14h8"},
	{Panel, "", "", "M6 9l6 6 6-6"},
	{Attach, text.Attach, "", "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7L9.2 17.2a1.7 1.7 0 0 1-2.4-2.4L14 7.6"},
	{Camera, text.Camera, "", "M4 8h3l2-3h6l2 3h3v11H4ZM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z"},
	{Describe, text.DescribeFile, "", "M4 20h4L19.5 8.5l-4-4L4 16ZM13 7l4 4"},
	{Detach, text.RemoveFile, "", "M6 6l12 12M18 6L6 18"},
	{Reupload, text.RetryFile, "", "M19.5 13a7.5 7.5 0 1 1-2-6.3L20 9M20 4v5h-5"},
	{Download, text.Download, "", "M12 4v11M7 11l5 5 5-5M5 20h14"},
	{Play, text.Play, "", "M8 5l11 7-11 7Z"},
}

// description returns the action's description, which may be empty.
func (a Action) description() description {
	for i := range descriptions {
		if descriptions[i].of == a {
			return descriptions[i]
		}
	}
	return description{}
}

// Name returns the name of an action.
func (a Action) Name(t *text.Texts) string { return t.Say(a.Word()) }

// Word returns the word for an action.
func (a Action) Word() text.Word { return a.description().word }

// Shortcut returns the shown name of an action's key, or "".
func (a Action) Shortcut() string { return a.description().key }

// ForKey returns the action of a key on the focused message. The key must be in lower case.
func ForKey(key string) (does Action, ok bool) {
	switch key {
	case "contextmenu":
		return Menu, true
	case ":":
		return React, true
	case "backspace":
		return Delete, true
	}
	for i := range descriptions {
		if d := &descriptions[i]; d.key != "" && strings.EqualFold(d.key, key) {
			return d.of, true
		}
	}
	return "", false
}

// CommandKey returns the character, in lower case, by which a pressed key names a command: its own character or,
// if no command has that, the character of its position on a Latin keyboard. code is that position, as in
// KeyboardEvent.
func CommandKey(key, code string, shift bool) string {
	key = strings.ToLower(key)
	if _, known := ForKey(key); known || !dom.Printable(key) {
		return key
	}
	switch {
	case code == "KeyR":
		return "r"
	case code == "KeyE":
		return "e"
	case code == "Slash" && key[0] >= utf8.RuneSelf && shift:
		return "?"
	case code == "Slash" && key[0] >= utf8.RuneSelf:
		return "/"
	}
	return key
}
