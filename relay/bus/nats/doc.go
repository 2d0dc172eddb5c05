// Package nats carries news between relays over NATS core, which stores nothing: a relay reads missed changes from the
// database.
//
// The main type is [Bus]. A [Config] names the servers; a new setting of the connection is one of its fields.
//
// # Subjects
//
// The cluster's id is in every subject, so that two clusters on one server never hear each other. Hashes are the first
// 128 bits of SHA-256 over the room's name, in hex, because a room's name may contain characters that a subject may
// not.
//
//	hallway.<cluster>.r.<hash>     changes of a room
//	hallway.<cluster>.e.<hash>     ephemeral news of a room
//	hallway.<cluster>.all          ephemeral news for all relays
//	hallway.<cluster>.to.<relay>   ephemeral news for one relay
//
// A relay listens to a room by one subscription, to hallway.<cluster>.*.<hash>, which takes 0.4 KiB.
//
// # Goroutines
//
//	publish   takes news from the queue, changes first, and publishes them
//	control   subscribes and unsubscribes; calls Listening and Missed
//	intake    moves messages from the client's channel to two queues, of changes and of ephemeral news
//	hear      two, one for each queue: decode and call Heard
//
// No method waits for the network, because the client of NATS holds a lock while it writes: Tell, Listen and Unlisten
// only leave requests for these goroutines.
//
// # What this package must not know
//
// The hub, the database, the meaning of news.
package nats
