// Package log shows the messages of a room as rows, and keeps the user's position in them. [Log] is the
// main type, a go-app component.
//
// go-app cannot update a list by keys, so the log owns the rows in its <ul>. For each snapshot a rowMaker
// makes the wanted rows, diff compares them with the shown rows, and a rowList carries out the difference.
// At most windowRows rows are in the document. This window moves when the user scrolls. A row is one list
// item. It contains the separator of a day, the sender, the quotation and the reactions, too. There is one
// bar of tools, which moves from row to row.
//
// The parts of a Log own their state:
//
//   - viewport: the position of the scroller, and geometry;
//   - cursor: the current row. The log is one stop of the Tab key;
//   - device: the user's last input device, keyboard or pointer: typed letters are commands or text;
//   - reading: the messages that the user has seen;
//   - frame: the buttons and notes around the rows;
//   - tools: the bar of buttons at a row.
//
// To show something new on a message, add a field to row, make it in storedRow, and fill it in
// rowList.fill. A new action needs nothing here: [Host.Act] carries it out.
//
// # What this package must not know
//
// Menus, dialogs, the composer and the search. [Host] has the few functions of the chat that it needs.
package log
