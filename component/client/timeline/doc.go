// Package timeline holds the messages of a room that a chat knows: one table by id,
// and three lists into it. The window is the part of the history that the log
// shows, pinned are the room's pinned messages, found is what a search has found.
//
// The main type is [Timeline]. It takes messages from the live stream and pages of
// history in any order; each is kept at its newest known state, so every list shows
// the same. While a list awaits a page, messages that no list holds are kept too
// (they are loose): the page may have been read before they changed.
//
// A new list gets a bit, a field in Timeline and a file like found.go; follow in
// table.go says what becomes of its entries when their message changes.
//
// # What this package must not know
//
// Connections and requests: when a page is asked for, and what a failure means.
package timeline
