// Package upload sends files to the relay: the files in the composer's strip, and the files
// of messages in the outbox.
//
// The main type is [Uploads]. It owns the strip, chooses the next files to upload, and
// schedules repetitions. The outbox owns the files of its messages: it names the missing
// ones, and gets the result of each. An upload may be repeated without harm, because the
// file's id stays the same.
//
// # What the user can expect
//
//   - A file in the strip is uploaded at once. A refused file stays there with the reason, until the user
//     removes it or tries again. Sending takes the text and all other files.
//   - A message may be sent before its files are uploaded. It waits, and keeps its place among the messages.
//   - If a file of a waiting message is refused, the message has failed, and the messages behind it are sent.
//     Its other files are uploaded. The user can try again, discard the message, or remove the file. Then the
//     message goes to the end.
//   - The strip ends with the page. The relay deletes files without a message after a day.
//
// To add an action on an attached file, add a method beside Attach.
//
// # What this package must not know
//
// The bytes of a file and their transfer: the shell has them. The order of the outbox.
package upload
