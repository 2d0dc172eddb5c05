// Package catchup reads the room's history, one request at a time. It reads the newest
// page first, then missed changes, then a page that the user has asked for, and then the
// pinned messages.
//
// Each change of a room gets the next rev. The cursor is the rev up to which every
// change is applied. The head is the highest known rev. The chat has caught up when the
// cursor has reached the head. Streamed changes above a gap are remembered, so that the
// chat need not read them again. An epoch is the time in which a room's revs only grow:
// a room that was restored or recreated has a new epoch.
//
// The main type is [CatchUp]. To add a kind of page, add a Want and a case in fetchPage.
//
// # What this package must not know
//
// Messages: the core applies a page, and calls Applied with the revs that it covers.
package catchup
