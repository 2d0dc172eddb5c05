// Package sqlite keeps rooms, their messages and their members in one SQLite file. It gives the relay
// its database ([rules.Store], [rules.Directory], [rules.Moderation], [rules.Files], [rules.Locks],
// [rules.Upkeep]) and the operator's commands their work on it ([Backup], [Restore], [Check], [Export],
// [Erase]).
//
// Start with [Store] and [Store.Commit]. Store commits; its parts do the rest: db holds the connections
// and the writer's turn, reader answers for rooms, pages, members and moderation, files for rows of
// files, upkeep does what commits leave undone, and wiper makes the file forget what was deleted. A
// statement stands beside its use: see write. A row of a new kind is loaded in load.go and saved in
// save.go; new work beside the commits is a slice of upkeep.
//
// # How a batch is carried out
//
// The hub hands over everything that is queued, so that a transaction carries as many ops as
// the load brings. [Store.Commit] is one transaction on the only connection that writes, synced
// to the disk before it returns. Package rules splits the batch into parts. For each part this
// package loads the rows that its ops name, lets the rulebook decide, and saves the rows that
// have changed. Most statements load or save many rows at once; see bulk.
//
// The writer remembers what a send needs of a room: its head, its settings and its
// sanctions. After a failed commit it reads them anew. The times of sends in slow mode are
// in memory alone. A clear searches for the messages of a user within a bounded time (clear.go).
//
// A commit that fails, on a full or a broken disk, changes nothing. Pages can still be read,
// [Store.Ready] reports the error, and the next commit that can be written succeeds.
//
// # How it reads
//
// A pool of read-only connections serves pages. In SQLite's WAL mode readers and the writer do
// not wait for each other, and a read transaction is a snapshot.
//
// The write-ahead log is moved into the database beside the commits, at most once a second and
// on a connection of its own; SQLite by itself would do it inside of a commit. The log's file is
// used again from its beginning, not cut: a write that makes a file longer takes longer to sync.
//
// # Changes
//
// A message stays at its place, clustered by room and seq. A change rewrites it and takes the
// room's next rev. Most messages are never changed and have their seq for rev, so only changed
// ones are in an index by rev, and a catch-up merges the two: a send costs no second index.
//
// Reactions are rows of their own, and the message carries a summary, so that a page reads one
// table. Only where a summary names fewer users than it counts, a reader's own reactions are
// looked up among the rows.
//
// Acts of moderation are noted in the audit in their own transaction. Triggers keep the audit
// from being changed, except by [Erase].
//
// # Upkeep
//
// Work that commits leave undone is done beside them, in the writer's turn, in slices of about a
// millisecond by the clock. The slices are not synced: the next commit syncs them too, and what
// a crash loses is done again.
//
//   - The index of words, for searches. Each room knows the rev up to which it is indexed.
//     Package word says what the words of a text are. They are in FTS4, which every build of the
//     driver has; it keeps a copy of them, by which it can forget them. A search reads its results
//     from the messages, so it never shows an earlier text. Under a load that keeps the writer
//     busy all the time the index falls behind.
//   - The index of another version of package word, which is made anew (reindex.go).
//   - The content of dropped rooms. Dropping one only takes its name away.
//   - Messages that are too old ([Store.Retain]), from a room's first on. The head stays, and the
//     room notes the highest rev that is gone.
//   - Remains of deleted content in the files: in parts of the index, in the log, and in bytes
//     that pages do not use (wipe.go, forget.go, scrub.go). The database's user_version says that
//     a wipe is due.
//
// Erasing a user ([Store.CarryErasures]) is done by ops like others. The operator's command leaves
// a row in the table erasures, and the process that holds the lock carries it out, so that all
// changes of a room have one writer and are told. The row stands until that is done.
//
// # What is checked when it is opened
//
// Each page of the file, if it is small or was not closed when it was last used (a second for two
// million messages in the page cache, longer from a cold disk), and then also that no rev was
// taken twice. In every case, that each room's head is the rev of its last change, or of one that
// was deleted by its age. [Check] looks at everything.
//
// The file <path>.lock beside the database marks it as in use. The operating system locks it, so
// it is free again when the process ends, in whatever way. It is never removed.
//
// # The schema
//
// The schema grows by the files in migrations/, each applied once when the database is opened. A
// file that has been released is never changed.
//
// # What this package must not know
//
// Who may do what: package rules decides. Connections, sessions, tokens, HTTP. Whether a text is
// acceptable: ops have been checked.
package sqlite
