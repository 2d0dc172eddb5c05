// Package upload sends files to the relay: those in the composer's strip, and those of
// messages in the outbox.
//
// The main type is [Uploads]. It owns the strip, and decides which files are uploaded now,
// and when one is tried again. A message's files stay the outbox's: it names those that
// are missing, and is told what became of each. An upload may be repeated with no harm,
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
//   - The strip dies with the page; the relay deletes what no message has after a day.
//
// A new thing that people do with an attached file is a method beside Attach.
//
// # What this package must not know
//
// The bytes of a file, and how they are sent: the shell has them. How the outbox orders
// messages.
package upload
