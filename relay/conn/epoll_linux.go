package conn

import (
	"net"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"hallway/relay/hub"
)

func newTransport(frameBytesMax int64) Transport { return NewEpoll(frameBytesMax) }

// Epoll is the transport for plain TCP on Linux: a few goroutines, the shards, serve all connections, so that a silent
// connection needs neither a goroutine nor a buffer. It leaves other connections, such as TLS, to a [Portable].
type Epoll struct {
	portable      *Portable
	frameBytesMax int64
	writeTimeout  time.Duration
	closeTimeout  time.Duration

	mu     sync.Mutex
	shards []*shard // started for the first connection
	turn   int      // the shard of the last connection
	closed bool
}

var _ Transport = (*Epoll)(nil)

// NewEpoll returns a transport that closes a connection with protocol.CloseTooLarge when a message has more than
// frameBytesMax bytes.
func NewEpoll(frameBytesMax int64) *Epoll {
	return &Epoll{
		portable:      NewPortable(frameBytesMax),
		frameBytesMax: frameBytesMax,
		writeTimeout:  WriteTimeout,
		closeTimeout:  CloseTimeout,
	}
}

// shard returns the shard of the next connection.
func (e *Epoll) shard() (*shard, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, net.ErrClosed
	}
	if e.shards == nil {
		if err := e.start(); err != nil {
			return nil, err
		}
	}
	e.turn = (e.turn + 1) % len(e.shards)
	return e.shards[e.turn], nil
}

// start starts a shard for each processor. The caller holds mu.
func (e *Epoll) start() error {
	var shards []*shard
	for i := range runtime.GOMAXPROCS(0) {
		s, err := newShard(i, e)
		if err != nil {
			for _, s := range shards {
				s.stop()
			}
			return err
		}
		shards = append(shards, s)
	}
	e.shards = shards
	return nil
}

// Serve implements [Transport]. It returns at once if it can take the connection's descriptor.
func (e *Epoll) Serve(nc net.Conn, accept func(hub.Conn) Handler) {
	var early []byte
	tcp, ok := nc.(*net.TCPConn)
	if x, is := nc.(*Early); is {
		early = x.Bytes
		tcp, ok = x.Conn.(*net.TCPConn)
	}
	if !ok {
		e.portable.Serve(nc, accept)
		return
	}
	s, err := e.shard()
	fd := -1
	if err == nil {
		fd, err = detach(tcp)
	}
	if err != nil { // probably no free descriptor: keep the connection's own
		e.portable.Serve(nc, accept)
		return
	}
	c := &epollConn{shard: s, fd: int32(fd)}
	c.handler = accept(c)
	if !s.push(command{kind: cmdOpen, conn: c, data: early}) {
		_ = unix.Close(fd)
		c.handler.Closed()
	}
}

// Attend implements [Transport].
func (e *Epoll) Attend() (busy bool) {
	e.mu.Lock()
	shards := e.shards
	e.mu.Unlock()
	busy = e.portable.Attend()
	for _, s := range shards {
		busy = s.attend() || busy
	}
	return busy
}

// detach takes the descriptor out of a connection. It duplicates the descriptor, because only closing the original
// removes it from Go's poller, which would otherwise be woken, too.
func detach(tcp *net.TCPConn) (fd int, err error) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return -1, err
	}
	var dupErr error
	err = raw.Control(func(f uintptr) { fd, dupErr = unix.FcntlInt(f, unix.F_DUPFD_CLOEXEC, 0) })
	if err == nil {
		err = dupErr
	}
	if err != nil {
		return -1, err
	}
	_ = tcp.Close()
	return fd, nil
}

// Close implements [Transport]. It cuts the remaining connections.
func (e *Epoll) Close() {
	e.mu.Lock()
	e.closed = true
	shards := e.shards
	e.shards = nil
	e.mu.Unlock()
	for _, s := range shards {
		s.stop()
	}
}
