// Package conn is the relay's WebSocket transport: it takes over a connection
// after the handshake, reads and checks frames by RFC 6455, and writes what the
// hub has for it.
//
// A [Transport] is what the relay's shell needs of one. [Portable] serves any
// net.Conn, TLS included, on every system, with a goroutine a connection. On
// Linux [Epoll] serves plain TCP with a few goroutines in all, and leaves the
// rest to a Portable. One suite of tests runs on both.
//
// # Reading
//
// Messages reach the connection's [Handler] whole, one after another. What is
// too big is refused from its header, before it is buffered. Control frames are
// answered here.
//
// # Writing
//
// Nothing that the hub calls ever blocks: it queues, bounded by
// [PendingBytesMax], and a consumer that falls behind further is closed with
// protocol.CloseSlowConsumer; it catches up from the history. All that has
// gathered goes out in one write. A group's frames are encoded once, not once a
// member. A connection gets its own frames in their order with those of its
// groups; between two groups nothing is promised.
//
// # Shards
//
// Each shard of an Epoll is one goroutine that owns its connections: it alone
// reads, writes and closes them, and needs no lock for that. What others want of
// it they append to its queue. It alternates between what has arrived and a
// slice of what is to be written, so that a large room delays no heartbeat. Each
// connection is heard for a few frames; those that have more to say line up behind
// all others, and hardly move while the handler is busy. It stops reading while too
// much waits to be written, so that those who send wait, not memory. It waits for
// the hub where that is busy, as any reader does; the hub never waits for a shard,
// which is why this cannot lock up. A new connection lines up, too: in a rush the
// clients that are in go first.
//
// # Closing
//
// Whoever begins, a close frame goes out behind what is pending, the peer gets
// [CloseTimeout] to answer it, and then the connection is cut: at once where it was
// silent for too long.
//
// # What this package must not know
//
// HTTP, rooms, tokens, and what the frames say.
package conn
