// Package core is the state machine of one chat: one user in one room, over one
// connection at a time. It takes events and returns effects:
//
//	effects := c.Step(now, event)
//
// The same core runs in the browser, in a native Go client and in the
// simulation. A shell (package driver) calls it from one goroutine, carries out
// the effects in order, and hands in the results as events.
//
// # Where to find and add things
//
// The main type is [Client]. It routes events (events.go) and frames (frames.go) to the parts of the chat, and asks each
// part for its next deadline. Each part is a type in its own package. The code that concerns several parts is here: the
// messages of the room (history.go), encryption (sealed.go), and the user's right to write (parts.go, events.go).
//
//   - To add an action of the user, add an event, and a case in events.go.
//   - To add a timer, add a deadline to its part. A part with deadlines is in the list timed in parts.go.
//   - To add a part, extend parts.go. To add to the snapshot, extend snapshot.go.
//
// # The promised order of effects
//
//   - [client.SaveItem] saves an item of the outbox before it is written:
//     its [client.Write] comes only after the event [client.ItemSaved], or after
//     [client.StorageFailed]: then the chat shows that the item is only in memory.
//   - [client.Changed] and [client.Arrived] come after the state has changed.
//   - [client.RemoveItem] comes only after the relay has echoed the item's message.
//   - A [client.Dial] follows the [client.CloseSocket] of the generation before it.
//
// # Generations
//
// Every dial has a generation, and every history request a number. The core ignores
// events with an old one, so that a late answer does no harm.
//
// # What this package must not know
//
// The clock (each event comes with its time), randomness (it is handed in), sockets,
// HTTP, storage, goroutines, and the DOM.
package core
