// Package people holds the state of the chat's user and of the others in the room:
//
//   - [Rights]: the user's identity and role, and the reasons not to write (mute, ban,
//     slow mode, a frozen or archived room);
//   - [Reading]: the read marker, and the number of unseen messages;
//   - [Typing]: the users who are writing.
//
// To add another kind of state, write a type with its deadline in a new file.
//
// # What this package must not know
//
// Messages and their history, and the connection to the relay.
package people
