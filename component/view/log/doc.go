// Package log shows the messages of a room: a window of rows, and the user's place in it. [Log] is
// the main type, a go-app component.
//
// go-app has no keyed update, so the log owns the rows in its <ul>. For each snapshot a rowMaker
// makes the rows that are wanted, diff compares them with those shown, and a rowList carries out the
// difference. At most windowRows rows are in the document at any time; the window moves as people
// scroll. A row is one list item, also with the day that it begins, its sender, the message that it
// answers and its reactions. A single bar of tools moves from row to row.
//
// The parts of a Log own their state:
//
//   - viewport: the position of the scroller, and geometry;
//   - cursor: the row that the keyboard is at. The log is one stop of the Tab key;
//   - device: the user's input device, keyboard or pointer: typed letters are commands or text;
//   - reading: the messages that the user has seen;
//   - frame: the buttons and notes around the rows;
//   - tools: the bar of buttons at a row.
//
// To show something new on a message, add a field to row, make it in storedRow, and fill it in
// rowList.fill. A new action needs nothing here: [Host.Act] carries it out.
//
// # What this package must not know
//
// Menus, dialogs, the composer, the search. [Host] has the few functions of the chat that it needs.
package log
