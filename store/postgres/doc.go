// Package postgres keeps rooms, their messages and their members in a PostgreSQL database that several relays share. It
// implements a relay's database ([rules.Store], [rules.Directory], [rules.Moderation], [rules.Files], [rules.Locks],
// [rules.Shared], [rules.Upkeep]) and the operator's commands on it ([Check], [Export], [Erase], [Fill]).
//
// Start with [Store] and [Store.Commit]. Store commits; its parts do the rest: db connects, reader answers for rooms,
// pages, members and moderation, files for rows of files, shared for other relays, and upkeep works in the background.
// Each statement stands beside its use. A row of a new kind is loaded in load.go and saved in save.go. The schema grows
// by the files in migrations/; a released file is never changed.
//
// # How a batch is carried out
//
// Any relay commits to any room: PostgreSQL's lock on the room's row orders the commits. A relay has one batch under
// way, on a separate connection. A batch takes one of two ways.
//
//   - New messages in rooms that the relay remembers are one statement (quick.go). It adds to a room whose head and rules
//     still have the remembered versions; otherwise it changes nothing. The statement is a transaction by itself, so a
//     relay that dies leaves no lock behind.
//   - Everything else is a transaction of two exchanges (commit.go): the first locks the rooms in the order of their keys
//     and loads the rows that the ops name; package rules decides; the second saves what has changed and commits. The
//     server ends a session that is idle in a transaction for two seconds, which frees its rooms.
//
// A relay uses its memory of a room only if the versions still match. created_at is the server's clock, and at least a
// microsecond after that of the previous message.
//
// COMMIT is never cancelled: a server that is told to stop waiting for a standby reports success, with a warning. The
// result of such a commit is unknown, as after a lost connection; clients send again, and the ids of their messages
// show which are stored. If the server refuses a value of an op, only that op fails: the batch is retried in halves.
//
// Triggers count the rows of files, under a lock on the row with the totals, so that quotas hold across relays. A
// message locks its files until the commit, so that no relay drops them as unused meanwhile.
//
// # How it reads
//
// Each page is one statement, and so one snapshot. Heads have separate connections, so that a join does not wait for a
// search.
//
// # The epoch
//
// Each new connection compares the server's identity and timeline with the stored ones (life.go). If they differ,
// because a standby was promoted or a backup restored, all rooms get a new epoch, and clients load them again.
//
// # Upkeep
//
// A relay adds its commits to the index of words, in short transactions beside the commits. One relay, by a lease,
// deletes the content of dropped rooms and old messages, and another (or the same) erases users.
//
// The index holds the terms of package word as lexemes that begin with the room and a block of its messages. A search
// goes through the blocks, the newest first, and reads its results from the messages, so it never shows an earlier
// text.
//
// # What this package must not know
//
// Permissions: package rules decides them. Connections of clients, sessions, tokens, HTTP, and the messages between
// relays. It does not check the content of ops: that was done before.
package postgres
