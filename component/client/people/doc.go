// Package people holds what a chat knows of its user and of the others in the room:
//
//   - [Rights]: who the user is, and what keeps the user from writing (mute, ban,
//     slow mode, a frozen or archived room);
//   - [Reading]: how far the user has read, and how many messages came unseen;
//   - [Typing]: who is writing.
//
// Something new about people gets a type and a file of its own, with its deadline.
//
// # What this package must not know
//
// Messages and their history, and how the relay is reached.
package people
