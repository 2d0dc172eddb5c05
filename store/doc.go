// Package store keeps rooms and their messages in one SQLite file: what the
// hub asks of a database ([hub.Store]), and nothing else.
//
// # How it writes and reads
//
// One connection writes; [SQLite.Commit] is one transaction on it, synced to
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
// read all the same, [SQLite.Ready] tells, and the next commit that can be
// written succeeds.
//
// # What is checked when it is opened
//
// Each page of the file, if it is small or was not closed when it was used last
// (a second for two million messages in the page cache, longer from a cold
// disk), and always that each room's head is its last message's rev.
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
package store
