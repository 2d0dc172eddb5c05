// Package conn is the relay's WebSocket transport: it takes over a connection
// after the handshake, reads and checks frames by RFC 6455, and writes what the
// hub has for it.
//
// A [Transport] is what the relay's shell needs of one; [Portable] serves any
// net.Conn, TLS included, on every system.
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
// member.
//
// # Closing
//
// Whoever begins, a close frame goes out behind what is pending, the peer gets
// [CloseTimeout] to answer it, and then the connection is cut.
//
// # What this package must not know
//
// HTTP, rooms, tokens, and what the frames say.
package conn
