// Package composer is the part of the view in which users write messages: the field and everything around it.
// [Composer] is the main type. The chat draws it ([Composer.UI]), hands it each snapshot ([Composer.Follow]), and
// carries out the actions that it hands back ([Host]).
//
// The parts of a Composer own their state:
//
//   - field: the text with its mentions, and the number of letters left;
//   - modes: the purpose of the text: a new message, an answer or an edit;
//   - draft: the unsent text, which the browser stores over a reload;
//   - picker: the list of people to mention, after an @;
//   - files: the strip of attached files, and the buttons that choose files;
//   - everyone: the confirmation of a message to everybody.
//
// The Composer routes the events. A key goes to the picker first, then to the log, then to the mode. A changed
// text goes to the field, then to the draft.
//
// To add something to a message before it is sent, write a part with its own ui function, draw it in UI, and send
// it in Composer.submit. To open a dialog, hand an action to [Host.Act].
//
// # What this package must not know
//
// Dialogs, the rows of the log, tokens, and how a message is sent.
package composer
