// Package rules is the relay's rulebook: the permissions in a room, the changes that an op makes, and the refusals with
// their order. Every store asks it, so each rule is written once.
//
// # How a batch is carried out
//
// An [Op] is a typed action with its room and its sender; its [Outcome] is a [Refusal] or a
// typed [Result]. A store carries out a batch in one transaction:
//
//	for each part of Parts(ops):
//		load the rows that KeysOf(part) names into a Set
//		outcomes = Set.Do(op) for each op
//		save Set.Changes
//
// A [Set] holds the rows that the ops may touch. It takes a row that was not loaded for a missing one, so a store loads
// all rows that the keys name. Outcomes share no memory with rows that a later op could change.
//
// # The order of reasons
//
// [Op.Permit] checks the sender's role before an op is queued. Then the first of these that applies is the reason of a refusal:
//
//	the room does not exist
//	the sender is banned
//	the room is archived, or frozen
//	the sender is muted, may not mention everybody, or must wait in slow mode
//	the room takes no files
//	the file does not exist, or another message has it
//	the message does not exist, belongs to another user, or was deleted
//
// A Send with a stored id is answered before all of these but the first. An op without an effect is not refused, takes
// no rev and is not audited.
//
// # Parts
//
// A Set holds rows, and [Set.Do] routes an op to the function of its action. These functions stand in files by subject;
// each takes the Set, the room and the op, and returns the outcome:
//
//	messages   send, edit, delete, react, pin       message.go react.go mention.go
//	files      uploads, and the files of a message  file.go
//	members    joins and read markers               member.go
//	rooms      title, settings, deletion            room.go
//	sanctions  mutes, bans, other reasons to refuse moderate.go standing.go
//	reports    the room's list of reports           report.go
//	users      revocations, ranks, erasure          user.go
//	keys       devices, turns and wraps             device.go turn.go; a lockbook is the encryption of one room: lock.go
//
// The functions list their changes in [Changes].
//
// # To add an action
//
// Add its type to op.go, its result to outcome.go, the least role to permission.go, the rows that it needs to [RoomKeys], its
// function to the file of its subject, and a case to Set.Do. A row of a new kind has a type in row.go and a list in [Changes],
// which each store loads and saves.
//
// # Reading
//
// The store's [Vault] holds devices, turns and wraps of encrypted rooms. It reads and writes at once, so ops about
// these form parts of their own.
//
// The relay reads by [Query], [Span] and [Part]. Every store implements [Store], [Directory], [Moderation], [Locks] and
// [Files]; to add a list, add a method there. All stores cut pages by [PageShare].
//
// # What this package must not know
//
// SQL, sockets, the clock, randomness: time, epochs and the numbers of reports are handed in. It knows no connections
// and frames: the hub tells clients of outcomes.
package rules
