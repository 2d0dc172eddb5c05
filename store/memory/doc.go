// Package memory keeps rooms, their messages and their members in memory, and forgets them
// when the process ends. It is the store of tests: of the suite in package storetest, where
// other stores are compared with it, of the hub's scripts and of the simulation.
//
// A batch is carried out by package rules on a copy of what it touches. [Store.Stage] does
// that, [Store.Sync] makes the copy what everybody reads, [Store.Rollback] forgets it, and
// [Store.Commit] stages and syncs. What was read once never changes: a [Snapshot] is all that
// is stored at a moment.
//
// Start with [Store] and the state behind it. A row of a new kind has its place in room or
// state, is loaded in load.go and saved in save.go.
//
// # What this package must not know
//
// Who may do what; connections, sessions, tokens.
package memory
