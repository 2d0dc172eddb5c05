// Package sqlite keeps rooms, their messages and their members in one SQLite file. It implements the relay's database
// ([rules.Store], [rules.Directory], [rules.Moderation], [rules.Files], [rules.Locks], [rules.Upkeep]) and the
// operator's commands on it ([Backup], [Restore], [Check], [Export], [Erase]).
//
// Start with [Store] and [Store.Commit]. Store commits; its parts do the rest: db holds the connections and the
// writer's turn, reader answers for rooms, pages, members and moderation, files for rows of files, upkeep works in the
// background, and wiper removes deleted content from the file. Each statement stands beside its use: see write. A row
// of a new kind is loaded in load.go and saved in save.go; new background work is a slice of upkeep.
//
// # How a batch is carried out
//
// The hub hands over all queued ops, so that a transaction grows with the load. [Store.Commit] is one transaction on
// the only connection that writes, synced to the disk before it returns. Package rules splits the batch into parts. For
// each part this package loads the rows that its ops name, lets the rulebook decide, and saves the changed rows. Most
// statements load or save many rows at once; see bulk.
//
// The writer remembers the rows of a room that a send needs: its head, its settings and its sanctions. After a failed
// commit it reads them again. The times of sends in slow mode are only in memory. A clear searches for the messages of
// a user within a bounded time (clear.go).
//
// A commit that fails, on a full or a broken disk, changes nothing. Pages can still be read, [Store.Ready] returns the
// error, and the next commit succeeds as soon as the disk can be written.
//
// # How it reads
//
// A pool of read-only connections serves pages. In SQLite's WAL mode readers and the writer do
// not wait for each other, and a read transaction is a snapshot.
//
// The write-ahead log is moved into the database beside the commits, at most once a second and on a separate
// connection; SQLite by itself would do it inside a commit. SQLite then writes the log's file from its beginning again
// and does not cut it, because a write that makes a file longer takes longer to sync.
//
// # Changes
//
// A message stays at its place, clustered by room and seq. A change rewrites it and takes the room's next rev. Most
// messages never change, and their rev is their seq. So only changed messages are in an index by rev, and a catch-up
// merges the two: a send needs no second index.
//
// Reactions have their own rows, and the message carries a summary, so that a page reads one table. Only if a summary
// names fewer users than it counts, a page also looks for the reader's own reactions among the rows.
//
// Each act of moderation adds an audit entry in its transaction. Triggers protect the audit from changes, except by
// [Erase].
//
// # Upkeep
//
// The upkeep works in the background, in the writer's turn, in slices of about a millisecond. The slices are not
// synced: the next commit syncs them too, and the upkeep repeats work that a crash loses. It keeps or deletes
//
//   - the index of words, for searches. Each room has the rev up to which it is indexed. Package
//     word defines the words of a text. They are in FTS4, which every build of the driver has; it
//     keeps a copy of them, without which it could not remove them. A search reads its results
//     from the messages, so it never shows an earlier text. While a load keeps the writer busy all
//     the time, the index falls behind;
//   - the index of another version of package word, which it makes anew (reindex.go);
//   - the content of dropped rooms. Dropping a room only removes its name;
//   - old messages ([Store.Retain]), from a room's first on. The head stays, and the room keeps
//     the highest deleted rev;
//   - remains of deleted content in the files: in parts of the index, in the log, and in unused
//     bytes of pages (wipe.go, forget.go, scrub.go). The database's user_version says whether a
//     wipe is due.
//
// Erasing a user ([Store.CarryErasures]) is done by ops. The operator's command adds a row to the table erasures, and
// the process that holds the lock carries it out, so that all changes of a room have one writer and reach the clients.
// The row stays until the erasure is done.
//
// # What is checked at opening
//
// If the file is small or was not closed: each page, and that no rev was taken twice (a second for two million messages
// in the page cache, longer from a cold disk). In every case: that each room's head is the rev of its last change, or
// of one that was deleted because of its age. [Check] checks everything.
//
// The file <path>.lock beside the database marks it as in use. The operating system holds the lock, so it is free when
// the process ends, in whatever way. The file is never removed.
//
// # The schema
//
// The schema grows by the files in migrations/, each applied once when the database is opened. A
// released file is never changed.
//
// # What this package must not know
//
// Permissions: package rules decides them. Connections, sessions, tokens, HTTP. It does not check the content of ops:
// that was done before.
package sqlite
