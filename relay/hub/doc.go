// Package hub is the relay's core: sessions, rooms, the order in which changes are stored, and the fan-out. It decides;
// others act.
//
// The main type is [Hub]. One owner calls its methods, one after another, each with the time: a connection opened, a
// frame arrived, a commit ended, the clock ticked. The hub answers through interfaces: a [Conn] for each connection, a
// [Group] for each room's fan-out, a [Committer] for what must be durable. None of these may block or call back into
// the hub.
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
//	outcomes       who is told of the end of an op                                  outcomes.go answer.go
//	activity       typing and read markers                                          activity.go
//	moderation     what acts, reports, revocations and erasures mean for sessions   moderation.go
//	ranking        the ranks that tokens give                                       ranking.go
//	peers          what other relays on the same database commit                    bus.go peers.go heal.go roomlevel.go
//	               with the parts headQueue, holeList and publisher                 headqueue.go holes.go publisher.go
//	gossip         what relays tell each other of users and rules                   gossip.go level.go marks.go ruling.go spending.go
//	keys           devices, turns and wraps of end-to-end encrypted rooms           keys.go lock.go want.go
//
// [Windows], [Revocations], [Bans] and [Ranks] are also read by other goroutines.
//
// For a new frame, add a case to Hub.take, or to opOf when it asks for an op. For a new op, add a case to pending.bytes
// and, for its result, to outcomes.carriedOut or moderation.done. What other relays must hear of it gets a kind of news in
// package bus and a case in Gossip.Heard.
//
// # The write path
//
// A change is checked, then queued in rounds: each user has one op a round, so that a user who floods waits behind the
// others. The op of a user who has none in the queue does not wait for the round under way. While no batch is being
// committed, the queue is handed to the Committer as a batch, which becomes one durable transaction; package guard
// bounds it. Changes that arrive meanwhile wait for the next. When the batch comes back, first the next one is handed
// over. Then each change of the ended one is encoded once and sent to its room. So a batch grows with the load, nobody
// waits for a batch to fill, and nothing is told before it is durable.
//
// A change of a stored message goes the same way; package rules decides who may make it. An op that has changed nothing
// is answered to its sender alone. A read marker is stored but takes no rev, and typing is only passed on.
//
// # The life of a room
//
// A room is in memory while somebody has joined it. The store hears of every user's first join, for it keeps the
// members and their read markers; further connections of a user who is there are answered from memory. When a room is
// deleted, all are evicted before anybody hears of the room made anew: by the outcome of the op, or, where that was
// lost, by the next outcome that names another epoch.
//
// # Tokens
//
// The [Verifier] checks the token of each hello. A good one names its [TokenKey], the secret or key that has signed it.
// Tick ends a session when its token has expired or its key was withdrawn.
//
// # Moderation
//
// Package rules decides: which role may ask for an op before the op is queued, everything else in the store's
// transaction. The hub tells those concerned, ends the streams of evicted users, and keeps in memory what is read
// without the store: Revocations, Bans and Ranks.
//
// # The order of sends
//
// A connection's sends in one room form a lane. When one of them is refused with a retryable code, the lane is blocked:
// later sends are only looked up, for an id that was stored before is answered as ever. All others are refused likewise,
// until the refused id comes again or the room is joined anew. A send that was under way at the join and is refused after it
// blocks the lane again: a later send must not overtake it. When a batch fails, nothing is known of any of its ops: it blocks
// the lanes of all of them, and their sends in the queue become look-ups.
//
// # Encrypted rooms
//
// The hub knows of a room's encryption the newest turn, why another one is due, and which streams have a device that holds a
// secret. A device that lacks one is answered with its stored wrap, or by asking such a device, each for a while and not for too
// much at once. Everything else is decided by package rules.
//
// # Windows
//
// The last changes of each room in memory stay there too, in a [Window], so that clients that return after a break do
// not all ask the store. Readers use it without asking the hub's owner.
//
// # Several relays
//
// Where other relays write the same database (see Hub.Share), peers keeps each room level with it. Changes are told
// without a hole, whoever has committed them: a change above a hole waits until [News] of another relay fill it, or until
// the hole is read from the database, a [Heal]. The bus may lose everything: the heads of all rooms are read again every
// CheckEvery. A join is answered once the streams were told as far as a head that was read after the join came, so a
// client that goes from one relay to the next never meets an older head.
//
// Gossip tells the others what no rev stands for: who is there, who types, markers, acts of moderation, what users have
// used up. What the database holds of that has a version, which is compared with each query for heads, and is read again
// where it differs: so a ban or a revocation is in force everywhere even if no relay has told of it.
//
// # Tests
//
// The scripts in testdata read as documentation: what happens to a hub, and what the hub does.
//
// # What this package must not know
//
// Fiber, sockets, SQL, the clock, randomness, goroutines. The very code that ships is the code that the simulation runs.
package hub
