// Package hub is the relay's core: sessions, rooms, the order in which changes are stored, and the fan-out. It decides;
// others act.
//
// The main type is [Hub]. One owner calls its methods, one after another, each with the time: a connection opened, a
// frame arrived, a commit ended, the clock ticked. The hub answers through interfaces: a [Conn] for each connection, a
// [Group] for each room's fan-out, a [Committer] for durable changes. None of these may block or call back into the
// hub.
//
// # Parts
//
// The hub routes each event to one of its parts, which own their state:
//
//	sessions       connections that have not ended, their deadlines, their end      session.go
//	users          what all connections of a user share: the rate                   user.go
//	authenticator  hellos                                                           hello.go
//	rooms          rooms in memory, their members, streams, windows and fan-out     room.go join.go fanout.go settings.go
//	lanes          the order of sends                                               lane.go
//	changes        checks of all other ops                                          change.go
//	writes         the queue and the batch that is being committed                  writes.go queue.go
//	outcomes       answers to ops, and frames to all users concerned               outcomes.go answer.go
//	activity       typing and read markers                                          activity.go
//	moderation     effects of acts, reports, revocations and erasures on sessions   moderation.go
//	ranking        the ranks that tokens give                                       ranking.go
//	peers          the commits of other relays on the database                      bus.go peers.go heal.go roomlevel.go
//	               with the parts headQueue, holeList and publisher                 headqueue.go holes.go publisher.go
//	gossip         news of relays about users and rules                             gossip.go level.go marks.go ruling.go spending.go
//	keys           devices, turns and wraps of end-to-end encrypted rooms           keys.go lock.go want.go
//
// [Windows], [Revocations], [Bans] and [Ranks] are also read by other goroutines.
//
// For a new frame, add a case to Hub.take, or to opOf if it asks for an op. For a new op, add a case to pending.bytes and, for
// its result, to outcomes.carriedOut or moderation.done. If other relays must hear of it, add a kind of news to package bus and
// a case to Gossip.Heard.
//
// # The write path
//
// A change is checked, then queued in rounds: each user has one op a round, so a user who floods waits behind the
// others. The op of a user without queued ops does not wait for the round under way. While no batch is being committed,
// the queue is handed to the Committer as a batch, which becomes one durable transaction; package guard bounds it.
// Changes that arrive meanwhile wait for the next batch. When a batch ends, the hub first hands the next one over; then
// it encodes each change of the ended batch once and sends it to its room. So a batch grows with the load, no change
// waits for a batch to fill, and nothing is sent before it is durable.
//
// A change of a stored message goes the same way; package rules decides which users may make it. If an op changes
// nothing, only its sender gets an answer. A read marker is stored but takes no rev, and typing is only passed on.
//
// # Rooms in memory
//
// A room is in memory while it has a member. The store handles every user's first join, because it keeps the members
// and their read markers; later connections of the user are answered from memory. When a room is deleted, the hub
// evicts all members before it serves a new room of the same name. The hub learns of the deletion from the outcome of
// the op or, if that was lost, from the next outcome with another epoch.
//
// # Tokens
//
// The [Verifier] checks the token of each hello. A good token names its [TokenKey], the secret or key that signed it.
// Tick ends a session when its token has expired or its key was withdrawn.
//
// # Moderation
//
// Package rules decides: whether the role allows an op before the op is queued, everything else in the store's
// transaction. The hub tells the users concerned, ends the streams of evicted users, and keeps Revocations, Bans and
// Ranks in memory.
//
// # The order of sends
//
// A connection's sends in one room form a lane. When one send is refused with a retryable code, the lane is blocked:
// the hub only looks up later sends. A stored id is answered as usual; every other send is refused likewise, until the
// refused id comes again or the room is joined anew. A send that was under way at the join and is refused after it
// blocks the lane again: a later send must not overtake it. While look-ups are under way at the join, the lane stays
// blocked; it then opens for one of the sends that were refused before the join, or for the first that was refused
// after it. When a batch fails, the results of all its ops are unknown: it blocks their lanes, and queued sends of
// these lanes become look-ups.
//
// # Encrypted rooms
//
// For each encrypted room the hub knows the newest turn, whether another one is due, and the streams whose devices hold
// a secret (holders). A device without a secret gets its stored wrap; otherwise the hub asks one holder after another
// for it, with a time limit and a bound on each holder's unanswered requests. Package rules decides everything else.
//
// # Windows
//
// The last changes of each room in memory are kept in a [Window], so that clients that return after a break do not all
// query the store. Readers use it without asking the hub's owner.
//
// # Several relays
//
// If other relays write the same database (see Hub.Share), peers keeps each room level with it. Streams get all changes
// without a hole, from every relay: a change above a hole waits until [News] of another relay fill the hole, or until
// it is read from the database (a [Heal]). The bus may lose everything, so the heads of all rooms are read again every
// CheckEvery. A join is answered once the streams have reached a head that was read after the join came, so a client
// that moves from one relay to another never gets an older head.
//
// Gossip exchanges the state without a rev: presence, typing, markers, acts of moderation, used-up limits. The part
// that the database also holds has a version, which each query for heads compares; a hub with another version reads
// that part again. So a ban or a revocation is in force at all relays even if its news was lost.
//
// # Tests
//
// The scripts in testdata read as documentation: each shows events and the answers of the hub.
//
// # What this package must not know
//
// Fiber, sockets, SQL, the clock, randomness, goroutines. The very code that ships is the code that the simulation runs.
package hub
