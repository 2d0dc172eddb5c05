// Package view shows a chat: its header, status, log, search and composer. [Chat] is the main type, a
// go-app component. It takes snapshots of the client's core ([Chat.Show]) and hands the user's actions
// to the core as events (Do in [Props]). It decides nothing: the snapshot says whether the user may
// send, and contains the state of each message.
//
// The parts of a Chat own their state and read what they share:
//
//   - log.Log (package log) shows the messages;
//   - overlay.Overlay (package overlay) is the menu of a message, and the dialogs;
//   - composer.Composer (package composer) is the field to write in, with its attached files;
//   - status is the line with the state of the connection and a note;
//   - search, pinned, speaker: the search, the bar of pinned messages, the live region.
//
// The log, the composer and the overlay do not know each other's dialogs and rows. Chat.act hands an action of
// the log or the composer to the part that carries it out. Chat.chosen hands an action of a dialog to the
// composer. To add an action, name it in package action and carry it out in Chat.act. To show something new,
// add a part with its own ui function, and draw it in Render.
//
// go-app draws everything except the rows of the log, the bar of pinned messages and the overlay: these
// parts update the document themselves. Between two animation frames only the last snapshot is drawn.
//
// Logic that needs no document is in functions that are tested without one.
//
// # What this package must not know
//
// Sockets, requests for history, storage, tokens, and the element around it. It writes no HTML and no
// style attributes, so that it works under a strict Content Security Policy and Trusted Types.
package view
