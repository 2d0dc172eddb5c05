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
// A room is in memory while it has a member. The store hears of every user's first join, because it keeps the members and
// their read markers; later connections of the user are answered from memory. When a room is deleted, all members are evicted
// before anybody hears of a new room of the same name. The hub learns of it from the outcome of the op or, if that was lost,
// from the next outcome with another epoch.
//
// # Tokens
//
// The [Verifier] checks the token of each hello. A good one names its [TokenKey], the secret or key that has signed it.
// Tick ends a session when its token has expired or its key was withdrawn.
//
// # Moderation
//
// Package rules decides: whether the role allows an op before the op is queued, everything else in the store's transaction. The
// hub tells the users concerned, ends the streams of evicted users, and keeps in memory what is read without the store:
// Revocations, Bans and Ranks.
//
// # The order of sends
//
// A connection's sends in one room form a lane. When one of them is refused with a retryable code, the lane is blocked:
// later sends are only looked up, for an id that was stored before is answered as ever. All others are refused likewise,
// until the refused id comes again or the room is joined anew. A send that was under way at the join and is refused after it
// blocks the lane again: a later send must not overtake it. While look-ups are under way at the join, the lane stays blocked;
// it then opens for one of the sends that were refused before the join, or for the first that was refused after it. When a
// batch fails, nothing is known of any of its ops: it blocks the lanes of all of them, and their sends in the queue become
// look-ups.
//
// # Encrypted rooms
//
// Of a room's encryption the hub knows the newest turn, whether another one is due, and the streams whose devices hold a secret
// (holders). A device that lacks a secret gets its stored wrap, or the hub asks a holder for it, one after another, each for a
// while and with a bound on its unanswered requests. Package rules decides everything else.
//
// # Windows
//
// The last changes of each room in memory stay there too, in a [Window], so that clients that return after a break do
// not all ask the store. Readers use it without asking the hub's owner.
//
// # Several relays
//
// If other relays write the same database (see Hub.Share), peers keeps each room level with it. Streams get changes without a
// hole, whoever has committed them: a change above a hole waits until [News] of another relay fill it, or until the hole is read
// from the database, a [Heal]. The bus may lose everything, so the heads of all rooms are read again every CheckEvery. A join is
// answered once the streams have reached a head that was read after the join came, so a client that moves from one relay to
// another never meets an older head.
//
// Gossip tells the others the state that has no rev: presence, typing, markers, acts of moderation, used-up limits. The part of
// it that the database holds has a version, which each query for heads compares; a hub with another version reads it again. So
// a ban or a revocation is in force everywhere even if no relay has told of it.
//
// # Tests
//
// The scripts in testdata read as documentation: each shows events and the answers of the hub.
//
// # What this package must not know
//
// Fiber, sockets, SQL, the clock, randomness, goroutines. The very code that ships is the code that the simulation runs.
package hub
