// Package presence knows which users are in the rooms of all relays on one database.
//
// The main type is [Presence]. The hub says which users come to its own streams and leave them; other relays say it over
// the bus. A user who is on several relays counts once.
//
// # How relays stay level
//
// Every PulseEvery a relay tells a room's listeners which users have come and left: a bus.Moved. Every HeartbeatEvery it
// tells all relays the number of users and the XOR of their hashes, for each room in which it has any: a bus.Heartbeat.
// If that does not match the news that a relay has heard, the relay asks for all users: a bus.Asked, answered by a bus.Snapshot. So
// news may be lost, doubled or late: the next heartbeat heals it. A relay that was silent for SilentAfter, or that says
// that it ends, has nobody in its rooms any more.
//
// A relay that has just opened a room says so by its first Moved, and gets a Snapshot from each relay with users there.
// The users in a room that is not open here come from every relay: see [Presence.Ask].
//
// For a new fact about users that relays share, add it to the Snapshot, to the Moved and to hash.
//
// # What this package must not know
//
// Sessions, sockets, the database, the clock: time comes in with each call.
package presence
