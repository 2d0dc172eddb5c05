// Package catchup reads the room's history, one request at a time, the most needed
// first: the newest page, then the changes that the stream has missed, then the page
// around a message that people look for, then the pinned messages.
//
// Each change of a room has the next rev. The cursor is the rev up to which every
// change is applied; the head is the highest rev that the chat was told of. The chat
// has caught up when the cursor has reached the head. The cursor remembers the streamed
// changes beyond a gap, so that the chat need not read them again.
//
// The main type is [CatchUp]. A new kind of page is a new Want and a case in next.
//
// # What this package must not know
//
// Messages: the core applies a page and tells how far it reaches.
package catchup
