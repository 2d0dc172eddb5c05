// Package action names the user's actions in the chat. An [Action] marks a button. It has a name, an icon
// and perhaps a key. [Offered] returns the actions that a user may take on a message, its [Target].
//
// To add an action, name it in actions.go, describe it in descriptions, add it to Offered, and carry
// it out in the view's Chat.act.
//
// # What this package must not know
//
// How an action is carried out, and where its button is.
package action
