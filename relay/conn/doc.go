// Package conn is the relay's WebSocket transport: it takes over a connection after the handshake, reads and checks
// frames by RFC 6455, and writes the hub's frames.
//
// The main type is [Transport]. [Portable] serves any net.Conn, TLS included, on every system, with a goroutine for
// each connection. On Linux [Epoll] serves plain TCP with a few goroutines in all, and leaves the rest to a Portable.
// One suite of tests runs on both. A new transport implements Transport and joins that suite.
//
// # Reading
//
// Messages reach the connection's [Handler] whole, one after another. The connection refuses a message that is too large when it
// sees the header, before it buffers anything. It answers control frames itself.
//
// # Writing
//
// The methods that the hub calls never block: they queue, bounded by [PendingBytesMax]. A consumer that falls behind
// further is closed with protocol.CloseSlowConsumer, and catches up from the history. All frames that have gathered go
// out in one write. A group's frames are encoded once, not once for each member. A connection gets its own frames in
// order with those of each of its groups; the frames of two groups have no order between them.
//
// # Shards
//
// Each shard of an Epoll is one goroutine that owns its connections: it alone reads, writes and closes them, and needs
// no lock for that. Others append commands to its queue. It alternates between reading and a slice of its writes, so
// that a large room delays no heartbeat. It reads a few frames of each connection; connections with more are
// backlogged: they wait behind all others, and hardly move while the handler is busy. It stops reading while too much
// waits to be written, so that senders wait instead of memory growing. It waits for a busy hub, as any reader does; the
// hub never waits for a shard, so this cannot deadlock. A new connection begins backlogged: in a rush the clients that
// are in go first.
//
// # Closing
//
// No matter which side begins, a close frame goes out behind the pending frames, the peer has [CloseTimeout] to answer
// it, and then the connection is cut. A peer that was silent for too long is cut at once.
//
// # What this package must not know
//
// HTTP, rooms, tokens, and what the frames say.
package conn
