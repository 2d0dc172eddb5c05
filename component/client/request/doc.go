// Package request holds the user's requests to the relay until they are answered or
// cancelled.
//
//   - [Queue] is the queue of requests over the connection. Changes of stored messages
//     (edit, delete, react, pin) are written again on the next connection if they are
//     not answered. Acts (moderate, report, the room's settings) are written once; if
//     the connection is lost, the user is told.
//   - [Search], [Review], [People] and [Loads] use REST: for search results, for the queue
//     of reports that moderators see, for the names of users, and for files.
//
// To add a request, add a case with its frame to requestFor. If a frame of its own answers
// it, add a method like Reported.
//
// # What this package must not know
//
// Permissions: the relay decides. The state of messages: the timeline keeps them, and the
// results of a search.
package request
