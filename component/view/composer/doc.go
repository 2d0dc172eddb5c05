// Package composer lets users write messages: it has the field with the text, and everything around the field.
// [Composer] is the main type. The chat draws it ([Composer.UI]), hands it each snapshot ([Composer.Follow]), and
// carries out the actions that it hands back ([Host]).
//
// The parts of a Composer own their state:
//
//   - field: the text with its mentions, and the number of letters left;
//   - modes: the purpose of the text: a new message, an answer or an edit;
//   - draft: the unsent text, which the browser keeps over a reload;
//   - picker: the list of people to mention, after an @;
//   - files: the strip of attached files, and the buttons that choose files;
//   - everyone: the confirmation of a message to everybody.
//
// The Composer routes the events: a key goes to the picker first, then to the log, then to the mode; a changed
// text goes to the field, then to the draft.
//
// To add something to a message before it is sent, write a part with its own ui function, draw it in UI, and send
// it in Composer.submit. To open a dialog, hand an action to [Host.Act].
//
// # What this package must not know
//
// Dialogs, the rows of the log, tokens, how a message is sent.
package composer
