// Package connection keeps the chat connected: it dials, sends the hello, joins the
// room, checks that the relay answers, and tries again with backoff. It also holds the
// token, and warns the page's developer if the chat cannot connect.
//
// The main type is [Connection]. Each dial begins a generation, and events of an older
// generation are ignored. To add a deadline, extend Deadline and Fire. To add a state,
// extend phase.
//
// # What this package must not know
//
// Messages, changes and history. When a generation ends it calls Config.Down, so that
// the other parts stop waiting for answers.
package connection
