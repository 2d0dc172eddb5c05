// Package hub is the relay's core: sessions, rooms, the order of what is
// stored, and the fan-out. It decides; others act.
//
// One owner calls a [Hub]'s methods, one after another, each with the time:
// a connection opened, a frame arrived, a commit ended, the clock ticked. The
// hub answers by calling what it was given: a [Conn] for each connection, a
// [Group] for each room's fan-out, a [Committer] for what must be durable.
// None of these may block or call back into the hub.
//
// # The write path
//
// A change is checked, then queued, in rounds: of each user one a round, so that
// who floods waits behind himself; who has nothing there does not wait for the round
// under way. While no batch is under way the queue, up to BatchOpsMax and
// RoomBatchBytesMax of a room, is handed to the Committer as one batch, which becomes
// one durable transaction; what arrives meanwhile waits for the next.
// When the batch comes back, first the next one is handed over, then each
// change of the ended one is encoded once and sent to its room. So a group
// grows with the load, nobody waits for a group to fill, and nothing is told
// before it is durable.
//
// What changes a stored message goes the same way; package rules says who may do
// what. What has changed nothing is answered to who asked alone. A read marker is
// stored too, but takes no rev, and typing is only passed on.
//
// # The life of a room
//
// A room is in memory while somebody has joined it. The store hears of every
// user's first join, for it keeps the members and their read markers; further
// connections of a user who is there are answered from memory. When a room is
// deleted all are put out before anybody hears of the room made anew: by the
// outcome of the op, or, where that was lost, by the next that names another
// epoch.
//
// # Tokens
//
// The [Verifier] judges the token of each hello. What it lets pass names a [TokenKey], the
// secret or key that has signed the token. Tick ends a session when its token has expired
// or its key was withdrawn.
//
// # Moderation
//
// Package rules decides: which role may ask for what before an op is queued, all else in
// the store's transaction. The hub
// tells of it whom it concerns, ends the streams of who is put out, and keeps in
// memory what is asked without the store: [Revocations] and [Bans].
//
// # The order of sends
//
// A connection's sends of one room form a lane. When one of them is refused
// with a retryable code, the lane is blocked: what arrives behind it is only
// looked up, for an id stored before is answered all the same, and otherwise
// refused likewise, until the refused id comes again or the room is joined
// anew. When a batch fails, nothing is known of any of its ops; it blocks the
// lanes of all of them, and what queues behind it in these becomes look-ups.
//
// # Windows
//
// Of each room in memory the last changes stay there too, a [Window], so that
// the store is not asked by everybody who comes back after a break. Readers use
// it without asking the hub's owner.
//
// # Tests
//
// The scripts in testdata read as documentation: what is done to a hub, and
// what the hub does.
//
// # What this package must not know
//
// Fiber, sockets, SQL, the clock, randomness, goroutines. The very code that
// ships is the code that the simulation runs.
package hub
