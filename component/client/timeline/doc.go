// Package timeline holds the messages of a room that a chat knows: one table by id,
// and three lists into it: window is the part of the history that the log
// shows, pinned has the room's pinned messages, [Results] those of a search.
//
// The main type is [Timeline]. It takes messages from the live stream and pages of
// history in any order; each is kept at its newest known state, so every list shows
// the same. While a list awaits a page, messages that no list holds are kept too
// (they are loose): the page may have been read before they changed.
//
// A new list gets a bit, a field in Timeline and a file like found.go; follow in
// table.go updates its entries when their message changes.
//
// # What this package must not know
//
// Connections and requests: the time to request a page, and the reasons for failures.
package timeline
