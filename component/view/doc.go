// Package view is what people see of a chat: its state, its log, its composer.
//
// A [Chat] is a go-app component. It is given snapshots of the client core
// ([Chat.Show]) and tells what people do through the functions in [Props]. It
// decides nothing: what may be sent, what waits and what failed is in the
// snapshot.
//
// # Who draws what
//
// go-app draws the shell: the header, the state's line, the search, the composer, the
// empty log. The rows of the log are put into go-app's <ul> by hand, because go-app
// has no keyed update: [diff] compares the rows shown with those wanted, and only the
// difference touches the document. At most [windowRows] rows are in it at any time;
// the window moves as people scroll. All that comes in between two animation frames
// is drawn as one.
//
// A row is one list item, whatever else it shows: the day that it begins, its
// group's sender, the message that it answers, reactions. What can be done with a
// message costs a row nothing: the bar of tools and the menu are there once, and go
// where they are wanted; all clicks and keys are heard by the log.
//
// Whatever can be decided without a document (which rows to touch, where the
// window is, what belongs to a group, what in a text is markup, what is read out,
// what the state's line says) is in functions that are tested without one.
//
// # What this package must not know
//
// Sockets, history requests, storage, tokens, the element around it. It writes
// no HTML and no style attributes, so that a strict Content Security Policy and
// Trusted Types hold: text goes in as text, and where a menu stands is told through
// the CSS object model.
package view
