// Package protocol is the contract between the chat component, the relay and any other client: the messages, frames,
// documents, codes and close codes of version 1, and one strict, bounded codec for them. docs/PROTOCOL.md describes the
// same contract in prose.
//
// # The flow
//
// A client opens a WebSocket with the subprotocol [Subprotocol], sends [Hello] and receives
// [Welcome]. It sends [Join] and receives [Joined] with the room's head; from then on it
// receives a [Changed] for every change above that head. It reads older messages over REST,
// as a [Page]. It sends [Send] and takes the [Changed] with its own id as the
// acknowledgement. It sends [Ping] when the connection is quiet. A refusal is an [Error] with
// a [Code], or the end of the connection with a [CloseCode]; both know whether to try again.
//
// # One revision counter a room
//
// Every durable change of a room takes the room's next revision (rev 1, 2, 3 … without a hole). The seq of a message is
// the rev at its creation, and its created_at strictly increases with seq. A frame always carries a whole [Message] at
// a rev. So applying a frame twice, or an older one after a newer one, does no harm: keep the highest rev of each id.
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
//	device             device
//	turn, wraps, want  turned, wrapped, wanted, due
//	typing             typing, presence
//	read               read
//	ping               pong
//	                   error, goaway
//
// # The codec
//
// A frame's type and its table, the method fields, stand together in client_frame.go or
// relay_frame.go. The table names each field once, in the order of the wire; writing, strict
// reading and the refusals follow from it. The main type is codec (codec.go), which goes
// through tables; kind.go has the kinds of fields; scanner (scan.go) reads JSON.
//
// To add a field: put it into the struct and the table and, if clients send it, its limits
// into checkField (valid.go). To add a frame: write the type with its table beside its
// like, and add it to clientFrames or relayFrames. Then add it to a golden file in testdata.
// Tests fail if one of these is missing. Documents of REST work the same way: page.go,
// room.go and moderation.go, with the bodies that clients send in body.go.
//
// # What this package must not know
//
// Sockets, HTTP, databases, clocks. It imports only the standard library, and only the packages that are small in a
// browser build: no reflection, no encoding/json.
package protocol
