// Package outbox holds the user's messages until they came back from the relay: saved
// before they are written, written in their order, shown while they wait.
//
// Several pages of one user in one room share an outbox. One page owns it: it alone
// writes what waits. The others save what their user writes, hand it to the owner,
// and show each item in the owner's state. When the owner dies, at whatever instant,
// another page becomes the owner, loads what is stored and is handed what the living
// pages still have. A message that is written twice on the way is stored once,
// because its id stays the same.
//
// The main type is [Outbox]: the user's messages, and how they are written to the relay. Its parts
// are [Tabs], which speaks with the user's other pages, [Files], which names the files that messages wait for, and
// [Seals], which gives out messages to be encrypted and takes them back. All share one queue, which keeps the order and
// saves. The pages of a user send each other a [client.Note]; a new kind of note is added there, to Tabs.Heard, and to
// the place that sends it. A new condition for writing a message goes into Flush.
//
// # What this package must not know
//
// Whether the chat has caught up and may write, slow mode, how a connection is made:
// the caller says how many messages Flush may write.
package outbox
