// Package request holds what the user has asked the relay for, until it is answered or
// given up.
//
//   - [Queue] is the queue of requests over the connection. Changes of stored messages
//     (edit, delete, react, pin) are written again on the next connection if they are
//     not answered. Acts (moderate, report, the room's settings) are written once; if
//     the connection is lost, the user hears so.
//   - [Search] and [Review] ask over REST, one request at a time: for search results,
//     and for the queue of reports that moderators see.
//
// A new request is added to requestFor, in one case with its frame; if its answer is a
// frame of its own, also to a method like Reported.
//
// # What this package must not know
//
// Whether the user may do it: the relay decides. What messages look like: the timeline
// keeps them, also the results of a search.
package request
