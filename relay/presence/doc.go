// Package presence knows which users are in the rooms of all relays on one database.
//
// The main type is [Presence]. The hub reports users who come to its own streams and leave them; other relays report
// theirs over the bus. A user on several relays counts once.
//
// # How relays stay level
//
// Every PulseEvery a relay tells a room's listeners which users have come and left: a bus.Moved. Every HeartbeatEvery
// it tells all relays the number of users and the XOR of their hashes, for each room in which it has any: a
// bus.Heartbeat. If that does not match a relay's roster, that relay asks for all users: a bus.Asked, answered by a
// bus.Snapshot. So news may be lost, doubled or late: the next heartbeat corrects it. A relay that was silent for
// SilentAfter, or that has said that it ends, has no users.
//
// A relay that has just opened a room announces that by its first Moved, and gets a Snapshot from each relay with users
// there. For a room that is not open here, [Presence.Ask] gets the users from every relay.
//
// To share a new fact about users, add it to the Snapshot, to the Moved and to hash.
//
// # What this package must not know
//
// Sessions, sockets, the database, the clock: time comes in with each call.
package presence
