// Package connection keeps the chat connected: it dials, introduces the user, joins
// the room, checks that the relay answers, and tries again with backoff. It also
// holds the token, and warns the page's developer if the chat cannot connect.
//
// The main type is [Connection]. Each dial begins a generation; events of an
// older generation are ignored. A new deadline is added to Deadline and Fire, a new state to
// phase.
//
// # What this package must not know
//
// The content of the frames: messages, changes, history. When a generation
// ends it calls Config.Down, and the other parts forget what they waited for.
package connection
