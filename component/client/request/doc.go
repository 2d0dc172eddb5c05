// Package request holds the user's requests to the relay until they are answered or
// given up.
//
//   - [Queue] is the queue of requests over the connection. Changes of stored messages
//     (edit, delete, react, pin) are written again on the next connection if they are
//     not answered. Acts (moderate, report, the room's settings) are written once; if
//     the connection is lost, the user is told.
//   - [Search] and [Review] ask over REST, one request at a time: for search results,
//     and for the queue of reports that moderators see.
//
// A new request is added to requestFor, in one case with its frame; if its answer is a
// frame of its own, also to a method like Reported.
//
// # What this package must not know
//
// Permissions: the relay decides. The state of messages: the timeline
// keeps them, also the results of a search.
package request
