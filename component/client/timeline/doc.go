// Package timeline holds the known messages of a room in one table by id. Three lists
// point into it: window is the part of the history that the log shows, pinned has the
// room's pinned messages, and [Results] has the results of a search.
//
// The main type is [Timeline]. It takes messages from the live stream and from pages of
// history in any order. It keeps the newest known state of each, so that every list shows
// the same. A loose message is in no list. Loose messages are kept while a list awaits a
// page, because the relay may have read the page before they changed.
//
// A new list needs a bit, a field in Timeline, a file like found.go, and a case in
// Timeline.follow, which updates the lists when a message changes.
//
// # What this package must not know
//
// Connections and requests: when to request a page, and why a request fails.
package timeline
