// Package memory keeps rooms, their messages and their members in memory until the process ends. It is the store of
// tests: of the suite in package storetest, which compares other stores with it, of the hub's scripts and of the
// simulation.
//
// Package rules carries out a batch on a copy of the rooms that it touches. [Store.Stage] makes that copy, [Store.Sync]
// shows it to all readers, [Store.Rollback] drops it, and [Store.Commit] stages and syncs. A state that was read never
// changes: a [Snapshot] is the complete content at one moment.
//
// Start with [Store]. It has parts, which share states: Store commits, reader answers for rooms, pages, members and
// moderation, files for rows of files, shared for other relays. A row of a new kind is kept in [Room] or in state,
// loaded in load.go and saved in save.go. A new question about stored rows is a method of one of the parts.
//
// # What this package must not know
//
// Permissions: package rules decides them. Connections, sessions, tokens.
package memory
