// Package sqlite keeps rooms, their messages and their members in one SQLite
// file: what the relay asks of a database ([hub.Store], [hub.Directory],
// [hub.Moderation]), and what its operator does ([Backup], [Restore], [Check], [Export],
// [Erase]).
//
// # How it writes and reads
//
// One connection writes; [Store.Commit] is one transaction on it, synced to
// the disk before it returns. The hub hands over everything that is queued, so
// a transaction carries as many messages as the load brings. A pool of
// read-only connections serves pages beside it: in SQLite's WAL mode readers
// and the writer do not wait for each other, and a read transaction is a
// snapshot. The writer keeps the heads of the rooms in mind; after a commit that
// failed it reads them anew.
//
// The write-ahead log is moved into the database beside the commits, each second
// where it is time to, on a connection of its own. SQLite by itself does it
// inside of a commit. The log's file is used again from its beginning, not cut:
// a write that makes a file longer takes longer to sync.
//
// A commit that fails, on a full disk or a broken one, changes nothing; pages are
// read all the same, [Store.Ready] tells, and the next commit that can be
// written succeeds.
//
// # Changes
//
// A message stays where it was made, clustered by room and seq; a change rewrites
// it and takes the room's next rev. Most messages are never changed and have
// their seq for rev, so only the changed ones are in an index by rev, and a
// catch-up merges the two: a send costs no second index for it. The reactions are
// rows of their own, and the message carries a summary, so that a page reads one
// table; a reader is looked up among the rows only where a summary names fewer
// users than it counts.
//
// # Moderation
//
// Who may do what in a room is decided in the writer's transaction, so that it holds
// for whatever comes at once, by whichever way. The writer keeps a room's sanctions
// and settings in mind beside its head: a send asks the database for nothing of it. When
// somebody has sent in slow mode is in memory alone. An act is noted in the audit in its
// own transaction; triggers keep the audit from being changed, but for [Erase].
//
// # Upkeep
//
// What commits leave undone is done beside them, in the writer's turn but in
// slices of about a millisecond, by the clock and not by a count of rows, which are not synced: the next commit does that,
// and what a crash takes is done again.
//
//   - The index of words, for searches. Each room knows the rev up to which it is
//     indexed; what is left shows in the rooms alone. Package word says what the words
//     are; its terms are in FTS4, which every build of the driver has, and
//     which holds a copy of them, by which it can forget them. A search reads what it finds from the messages, so that it
//     never shows an earlier text. Under a load that keeps the writer busy all
//     the time the index falls behind.
//   - The index of another version of package word, which is made anew (reindex.go).
//   - The content of dropped rooms. Dropping one only takes its name away.
//   - Messages that are too old ([Store.Retain]), from a room's first on. The head
//     stays, and the room notes the highest rev that is gone.
//   - What the files still have of what was deleted: in parts of the index, in the log, and
//     in bytes that pages do not use (wipe.go, forget.go, scrub.go). That a wipe is due
//     is in the database, as its user_version.
//
// Erasing itself ([Store.CarryErasures]) is ops like others: whoever asks for it leaves a
// row in the table erasures, and the process that holds the lock carries it out, so that
// all changes of a room have one writer and are told. It stands there until it is done.
//
// # What is checked when it is opened
//
// Each page of the file, if it is small or was not closed when it was used last
// (a second for two million messages in the page cache, longer from a cold
// disk), with it that no rev was taken twice, and always that each room's head is
// its last change's rev, or that of one which is gone by its age. [Check] looks at
// everything.
//
// The file <path>.lock beside the database marks it as in use. It is locked by
// the operating system, so it is free again when the process ends, in
// whatever way; it is never removed.
//
// # The schema
//
// The schema grows by the files in migrations/, each applied once when the
// database is opened. A file that has been released is never changed.
//
// # What this package must not know
//
// Connections, sessions, tokens, HTTP; who may do what; whether a text is
// acceptable. What comes in has been checked.
package sqlite
