// Package protocol is the contract between the chat component, the relay and
// any third client: the messages, frames, pages, codes and close codes of
// version 1, and one strict, bounded codec for them. docs/PROTOCOL.md is the
// same contract in prose.
//
// # The flow
//
// A client opens a WebSocket with the subprotocol [Subprotocol], says [Hello]
// and hears [Welcome]. It says [Join] and hears [Joined] with the room's head;
// from then on it hears a [Changed] for every change above that head. What was
// before it reads over REST, as [Page]s. It says [Send] and takes the
// [Changed] that carries its own id as the acknowledgement. It says [Ping]
// when the line is quiet. A refusal is an [Error] with a [Code], or the end of
// the connection with a [CloseCode]; both know whether trying again helps.
//
// # One revision counter a room
//
// Every durable change of a room takes the room's next revision (rev 1, 2, 3 …
// without a hole). A message keeps as seq the rev at which it was made, and
// its created_at strictly increases with seq. What travels is always a whole
// [Message] at a rev, so that applying one twice, or an older one after a newer
// one, is harmless: keep the highest rev of each id.
//
// # Frames
//
//	client → relay     relay → client
//	hello              welcome
//	join, leave        joined
//	send, edit,        message
//	delete, react,
//	pin
//	moderate           moderated
//	report             reported, reports
//	settings           settings
//	typing             typing, presence
//	read               read
//	ping               pong
//	                   error, goaway
//
// # What this package must not know
//
// Sockets, HTTP, databases, clocks. It imports the standard library only, and
// of that only what a browser build can carry without weight.
package protocol
