// Package conn is the relay's WebSocket transport: it takes over a connection after the handshake, reads and checks
// frames by RFC 6455, and writes the hub's frames.
//
// The main type is [Transport]. [Portable] serves any net.Conn, TLS included, on every system, with a goroutine for
// each connection. On Linux [Epoll] serves plain TCP with a few goroutines in all, and leaves the rest to a Portable.
// One suite of tests runs on both. A new transport implements Transport and joins that suite.
//
// # Reading
//
// The [Handler] of a connection gets complete messages, one after another. The connection refuses a message that is too
// large when it sees the header, before it buffers anything. It answers control frames itself.
//
// # Writing
//
// The methods that the hub calls never block: they queue, bounded by [PendingBytesMax]. A consumer that falls further
// behind is closed with protocol.CloseSlowConsumer, and catches up from the history. All gathered frames go out in one
// write. A group's frames are encoded once, not once for each member. A connection gets its own frames in order with
// those of each of its groups; the order of the frames of two groups is undefined.
//
// # Shards
//
// Each shard of an Epoll is one goroutine that owns its connections: only it reads, writes and closes them, so it needs
// no lock for that. Other goroutines append commands to its queue. It alternates between reading and a slice of its
// writes, so that a large room delays no heartbeat. It reads a few frames of each connection; connections with more are
// backlogged: they wait behind all others, and are read very slowly while the handler is busy. It stops reading while
// too much waits to be written, so that senders wait instead of memory growing. It waits for a busy hub, as any reader
// does; the hub never waits for a shard, so this cannot deadlock. A new connection starts backlogged: in a rush,
// welcomed clients go first.
//
// # Closing
//
// Whichever side begins, a close frame is written behind the pending frames, the peer has [CloseTimeout] to answer it,
// and then the connection is cut. A peer that was silent for too long is cut at once.
//
// # What this package must not know
//
// HTTP, rooms, tokens, and the content of frames.
package conn
