// Package composer is where people write: the field with its text, and all that surrounds it. [Composer] is
// the main type. The chat draws it ([Composer.UI]), tells it of each snapshot ([Composer.Follow]), and carries out the
// actions that it hands back ([Host]).
//
// The parts of a Composer own their state:
//
//   - field: the text with the mentions in it, and how much may still be written;
//   - mode: whether the text becomes a new message, an answer or an edit;
//   - draft: the text that the browser keeps over a reload;
//   - picker: the list of people to mention, after an @;
//   - files: the strip of attached files, and the buttons that choose files.
//
// The Composer hears the events and routes them: a key goes to the picker first, then to the log, then to
// the mode; a text that changes goes to the field, then to the draft.
//
// To add something to a message before it is sent, write a part with its own ui function, draw it in UI, and send
// it in Composer.submit. To open a dialog, hand an action to [Host.Act].
//
// # What this package must not know
//
// Dialogs, the rows of the log, tokens, how a message is sent.
package composer
