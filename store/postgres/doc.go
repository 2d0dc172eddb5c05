// Package postgres keeps rooms, their messages and their members in a PostgreSQL database that several relays share. It
// is what a relay asks of its database ([rules.Store], [rules.Directory], [rules.Moderation], [rules.Files], [rules.Shared],
// [rules.Upkeep]) and what the operator's commands do with it ([Check], [Export], [Erase]).
//
// Start with [Store] and [Store.Commit]. A statement stands beside its use. A row of a new kind is loaded in load.go and
// saved in save.go; the schema grows by the files in migrations/, and a file that has been released is never changed.
//
// # How a batch is carried out
//
// Any relay commits to any room: PostgreSQL's lock on the room's row orders them. A relay has one batch under way, on a
// connection of its own. A batch goes one of two ways.
//
//   - New messages in rooms that the relay knows are one statement (quick.go). It grows a room where its head and the
//     version of its rules are the known ones, else it does nothing at all. It is a transaction by itself, so no lock
//     outlives it, whatever becomes of the relay.
//   - Everything else is a transaction of two exchanges (commit.go): the first locks the rooms in the order of their keys
//     and loads the rows that the ops name; package rules decides; the second saves what has changed and commits. A
//     session that is idle in a transaction ends after two seconds and frees its rooms.
//
// What a relay keeps in mind of a room is used only where its versions hold. created_at is the server's clock, and at
// least a microsecond more than that of the message before.
//
// COMMIT is never cancelled: a server that is told to stop waiting for a standby reports success, with a warning. Such a
// commit counts as unknown, as one whose connection broke; clients send again, and the ids of their messages tell what was
// stored. An op with a value that the server refuses fails alone: the batch is tried in halves.
//
// Rows of files are counted by triggers, under a lock on the row that counts all: so quotas hold across relays. A file that
// a message takes is locked until the commit, so that nobody drops it as unused meanwhile.
//
// # How it reads
//
// Each page is one statement, and so one snapshot. Heads have connections of their own, so that a join waits for no
// search.
//
// # The epoch
//
// Each new connection compares the server's identity and timeline with those that are stored (life.go). Where the
// database is another than before, because a standby was promoted or a backup restored, all rooms begin another life, and
// clients load them anew.
//
// # Upkeep
//
// A relay puts what it has committed into the index of words, in short transactions beside the commits. One relay, by a
// lease, deletes the content of dropped rooms and messages that are too old, and another (or the same) erases users.
//
// The index holds the terms of package word as lexemes that begin with the room and a block of its messages. A search goes
// through the blocks, the newest first, and reads its results from the messages, so it never shows an earlier text.
//
// # What this package must not know
//
// Who may do what: package rules decides. Connections of clients, sessions, tokens, HTTP, and how relays tell each other.
// Whether a text is acceptable: ops have been checked.
package postgres
