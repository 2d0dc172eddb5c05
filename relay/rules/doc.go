// Package rules is the relay's rulebook: the permissions in a room, the changes that an op
// makes, and the refusals with their order. Each rule stands here and nowhere else: every store asks it.
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
// A [Set] holds the rows that the ops may touch. Rows that exist and were not loaded count as
// missing, so a store loads all that the keys name. Outcomes share nothing with the rows that
// a later op could change.
//
// # The order of reasons
//
// Whether the sender's role may ask for an op at all is [Op.Permit], before the op is queued.
// Then: there is no such room; the sender is banned; the room is archived, or frozen; the
// sender is muted, mentions everybody without the right to, or has to wait in slow mode; the room takes no files; there is no
// such file, or another message has it; there is no such message; it is another's; it was deleted. An id of a Send that was
// stored before is answered before all of these but the
// first. What changes nothing is not refused, takes no rev and is not audited.
//
// # Parts
//
// A Set holds rows, and [Set.Do] routes an op to the function of its action. These functions stand by subject; each takes the
// Set, the room and the op, and returns the outcome:
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
// What they change is listed in [Changes].
//
// # To add an action
//
// Add its type to op.go, its result to outcome.go, the least role to permission.go, the rows that it needs to [RoomKeys], its
// function to the file of its subject, and a case to Set.Do. A row of a new kind has a type in row.go and a list in [Changes],
// which each store loads and saves.
//
// # Reading
//
// Devices, turns and wraps of encrypted rooms are asked of the store's [Vault], which reads and writes at once: ops about them are
// parts of their own.
//
// What the relay reads is asked of a store by [Query], [Span] and [Part]; [Store], [Directory], [Moderation], [Locks] and
// [Files] are the interfaces that every store has. A [PageShare] cuts pages alike in all of them. To add a list, add a method there.
//
// # What this package must not know
//
// SQL, sockets, the clock, randomness: time, epochs and the numbers of reports are handed in.
// Nor connections and frames: the hub tells of outcomes.
package rules
