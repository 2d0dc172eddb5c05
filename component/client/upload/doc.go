// Package upload sends files to the relay: those in the composer's strip, and those of
// messages in the outbox.
//
// The main type is [Uploads]. It owns the strip, and decides which files are uploaded now,
// and when one is tried again. The outbox owns the files of its messages: it names the
// missing ones, and gets the result of each. Repeating an upload does no harm,
// because the file's id stays the same.
//
// # What people can expect
//
//   - A file in the strip is uploaded at once. A refused one stays there with its reason, until its user
//     removes it or tries again; to send takes the text and all other files.
//   - A message may be sent before its files are uploaded. It waits, and keeps its place among the messages.
//   - If one of its files is then refused, the message has failed, and those behind it go: a text that speaks of
//     a file does not go without it by itself. Its other files are uploaded. Its user tries again, discards the
//     message, or takes the file out of it, and the message goes as the last.
//   - The strip ends with the page; the relay deletes files without a message after a day.
//
// A new action on an attached file becomes a method beside Attach.
//
// # What this package must not know
//
// The bytes of a file and their transfer: the shell has them. The outbox's order of
// messages.
package upload
