// Package overlay shows the menu of a message, and dialogs, over the chat. [Overlay] is
// the main type, a go-app component. It gets the message that a menu or a dialog is about, an
// [action.Target]. It hands back the chosen action ([Log.Act]) or, from a dialog, an event for the
// client's core.
//
// It has one menu and one dialog, which are filled when they open. The menu is beside its message,
// inside of the chat. The dialog is the browser's modal dialog.
//
// To add a dialog about a message, add its question to questions. For any other dialog, write a file like
// room.go, and add a case to [Overlay.onClick] or dialog.confirm.
//
// # What this package must not know
//
// The composer, the rows of the log, and how an action is carried out. The menu's position is set through the
// CSS object model, because a strict Content Security Policy forbids style attributes.
package overlay
