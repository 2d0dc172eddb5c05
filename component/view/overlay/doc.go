// Package overlay shows the menu of a message, and dialogs, over the chat. [Overlay] is
// the main type, a go-app component. It is given the message that a menu or a dialog is about, an
// [action.Target], and hands back the action that was chosen ([Log.Act]) or, from a dialog, an event for
// the client's core.
//
// It has one menu and one dialog, each filled whenever it opens. The menu stands beside
// its message, within the chat. The dialog is the browser's modal one.
//
// To add a dialog about a message, add its question to questions; for any other, write a file like
// room.go, and its case in [Overlay.onClick] or dialog.confirm.
//
// # What this package must not know
//
// The composer, the rows of the log, how an action is carried out. The menu's position is set through the CSS
// object model: a strict Content Security Policy forbids style attributes.
package overlay
