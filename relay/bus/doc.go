// Package bus describes the messages between the relays of a cluster: the [News], their codec, and the [Bus] that
// carries them. Package bus/nats carries them over NATS; bus/memory carries them in one process, with faults, for tests
// and the simulation.
//
// # What may be lost
//
// The database defines the order, the bus only carries: any news may be lost, late, doubled or, between two publishers,
// in another order. The head check finds lost news: a relay compares the heads of its rooms with the database
// periodically, and whenever the bus calls [Listener.Missed]. So a bus never waits for a slow peer: it drops, and
// counts.
//
// # The kinds of news
//
//	kind        to        what
//	Changes     a room    changes that were committed, as frames, or only how far the room is
//	Typing      a room    a user is typing
//	Told        a room    settings, open reports, a user's read marker
//	Purged      a room    messages were deleted because of their age
//	Moved       a room    users have come to a relay's streams of the room, or have left them
//	Snapshot    a relay   all users of the publisher's streams of a room
//	Asked       a relay   the asker wants a Snapshot
//	Called      all       the asker wants to hear what is not told yet, and then a Levelled
//	Levelled    a relay   everything that the publisher told before has come
//	Heartbeat   all       the relay lives; digests of the users in its rooms
//	Spent       all       messages and connections of users since the last Spent
//	Acted       all       an act of moderation
//	Revoked     all       a user's tokens were revoked, or are valid again
//	Granted     all       the last token of a user who is more than a participant somewhere
//
// Changes are durable, all other kinds ephemeral. The two have separate queues, so that many ephemeral news delay no
// change.
//
// # The format
//
// A message has at most [MessageBytesMax] bytes; [Split] cuts news that are larger. It begins with the same fields in every
// version, numbers in big endian:
//
//	1 byte    version, today 1
//	1 byte    kind
//	8 bytes   the publishing relay's random id
//
// and, for Changes, in every version:
//
//	1 + n bytes   room
//	1 + n bytes   epoch
//	8 bytes       the last rev
//
// The rest depends on the version. A relay takes Changes of another version as "the room's head is R", and reads the
// changes from the database; so relays of two versions may run together during an upgrade. It drops ephemeral news of
// another version. The decoder is strict: it drops a message with any error as a whole.
//
// To add a kind, give it a type in news.go, a case in [Encode], [Decode] and [Split], and a golden message in testdata.
//
// # What this package must not know
//
// NATS, the hub, the database, the clock, goroutines.
package bus
