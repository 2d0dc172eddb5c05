// Package upload sends files to the relay: those in the composer's strip, and those of
// messages in the outbox.
//
// The main type is [Uploads]. It owns the strip, and decides which files are uploaded now,
// and when one is tried again. A message's files stay the outbox's: it names those that
// are missing, and is told what became of each. An upload may be repeated with no harm,
// because the file's id stays the same.
//
// A new thing that people do with an attached file is a method beside Attach.
//
// # What this package must not know
//
// The bytes of a file, and how they are sent: the shell has them. How the outbox orders
// messages.
package upload
