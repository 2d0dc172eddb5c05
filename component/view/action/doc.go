// Package action names what people can do in the chat. An [Action] marks a button, has a word, an
// icon and perhaps a key; [Offered] tells which actions a user may take on a message, its [Target].
//
// To add an action, name it in actions.go, give it a word and an icon, add it to Offered, and carry
// it out where the chat carries out the others.
//
// # What this package must not know
//
// How an action is carried out, and where its button stands.
package action
