// Package core is the chat's core: the state machine of one chat, that is one
// user in one room over one connection at a time. Events go in, effects come out:
//
//	effects := c.Step(now, event)
//
// The same core runs in the browser, in a native Go client and in the
// simulation. A shell (package driver) owns it from one goroutine, carries out
// the effects in their order and feeds back what became of them.
//
// # Where things stand
//
// The main type is [Client]. It routes events (events.go) and frames (frames.go) to the parts of the chat, each a type of
// a package of its own, and asks the parts for their next deadline. What concerns several parts is here: the messages of
// the room (history.go), encryption (sealed.go), whether the user may write (parts.go, events.go).
//
//   - A new action of people is an event, with one case in events.go.
//   - A new timer is a deadline of its part. A part without deadlines joins the list timed in parts.go.
//   - A new part goes into parts.go, and a new share of the snapshot into snapshot.go.
//
// # The promised order of effects
//
//   - An item of the outbox is handed over by [client.SaveItem] before it is written:
//     its [client.Write] comes only after the event [client.ItemSaved] (or
//     [client.StorageFailed]: then the chat says that it keeps it in memory only).
//   - A message is applied before anyone hears of it: [client.Changed] and
//     [client.Arrived] come after the state that they tell of.
//   - [client.RemoveItem] comes only after the item's own message came back.
//   - A [client.Dial] follows the [client.CloseSocket] of the generation before it.
//
// # Generations
//
// Every dial has a generation, every history request a number. Events of an
// old one are ignored, so that a late answer can do no harm.
//
// # What this package must not know
//
// The clock (time comes in with each event), randomness (handed in), sockets,
// HTTP, storage, goroutines, the DOM.
package core
