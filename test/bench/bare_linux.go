package main

import (
	"bytes"
	"errors"
	"net"
	"os"

	"golang.org/x/sys/unix"

	"hallway/protocol"
)

// bareVariable makes a process the bare server; it holds the address.
const bareVariable = "HALLWAY_BENCH_BARE"

// backlog bounds the connections that wait to be accepted.
const backlog = 4096

// A bareServer shows how fast a relay could be at most: it has one thread, one epoll set, and a room in which every member gets every
// message. Like the relay, it sends the messages of one round of events as one buffer, with one write for each member. Its frames equal the relay's to the byte.
// It stores nothing, checks nobody, and buffers for slow members without bound.
type bareServer struct {
	epoll, listener int
	conns           []*bareConn // by descriptor
	members         []*bareConn
	out             []byte // the frames of this round
	rev             int64
	buf             []byte
}

type bareConn struct {
	fd       int
	upgraded bool
	member   bool
	user     protocol.User
	in, out  []byte
}

const bareUpgrade = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: " + protocol.Subprotocol + "\r\n\r\n"

const bareReady = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

// serveBare runs a bare server until the process ends.
func serveBare(addr string) error {
	tcp, err := net.ResolveTCPAddr("tcp4", addr)
	if err != nil {
		return err
	}
	if _, err := openFiles(); err != nil {
		return err
	}
	s := &bareServer{buf: make([]byte, 64<<10)}
	if s.listener, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0); err != nil {
		return os.NewSyscallError("socket", err)
	}
	if err := unix.SetsockoptInt(s.listener, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return os.NewSyscallError("setsockopt", err)
	}
	if err := unix.Bind(s.listener, &unix.SockaddrInet4{Port: tcp.Port, Addr: [4]byte(tcp.IP.To4())}); err != nil {
		return os.NewSyscallError("bind", err)
	}
	if err := unix.Listen(s.listener, backlog); err != nil {
		return os.NewSyscallError("listen", err)
	}
	if s.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	if err := s.watch(unix.EPOLL_CTL_ADD, s.listener, unix.EPOLLIN); err != nil {
		return err
	}
	return s.loop()
}

func (s *bareServer) watch(op, fd int, events uint32) error {
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(s.epoll, op, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)}))
}

func (s *bareServer) loop() error {
	events := make([]unix.EpollEvent, eventsMax)
	for {
		n, err := unix.EpollWait(s.epoll, events, -1)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return os.NewSyscallError("epoll_wait", err)
		}
		for i := range max(n, 0) {
			fd := int(events[i].Fd)
			if fd == s.listener {
				s.accept()
				continue
			}
			c := s.conns[fd]
			if c != nil && events[i].Events&unix.EPOLLOUT != 0 {
				s.write(c, nil)
			}
			if c != nil && events[i].Events&^unix.EPOLLOUT != 0 {
				s.read(c)
			}
		}
		s.broadcast()
	}
}

func (s *bareServer) accept() {
	for {
		fd, _, err := unix.Accept4(s.listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err != nil {
			return
		}
		for fd >= len(s.conns) {
			s.conns = append(s.conns, make([]*bareConn, 1024)...)
		}
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		if s.watch(unix.EPOLL_CTL_ADD, fd, unix.EPOLLIN) != nil {
			_ = unix.Close(fd)
			continue
		}
		s.conns[fd] = &bareConn{fd: fd}
	}
}

func (s *bareServer) close(c *bareConn) {
	_ = unix.Close(c.fd)
	s.conns[c.fd] = nil
	for i, m := range s.members {
		if m == c {
			s.members[i] = s.members[len(s.members)-1]
			s.members = s.members[:len(s.members)-1]
			break
		}
	}
}

func (s *bareServer) read(c *bareConn) {
	kept := copy(s.buf, c.in)
	n, err := readRaw(c.fd, s.buf[kept:])
	if errors.Is(err, unix.EAGAIN) {
		return
	}
	if err != nil || n == 0 {
		s.close(c)
		return
	}
	data := s.buf[:kept+n]
	if !c.upgraded {
		end := bytes.Index(data, []byte("\r\n\r\n"))
		switch {
		case end < 0:
			c.in = append(c.in[:0], data...)
			return
		case !bytes.HasPrefix(data, []byte("GET /v1/ws ")):
			s.write(c, []byte(bareReady))
			s.close(c)
			return
		}
		c.upgraded = true
		s.write(c, []byte(bareUpgrade))
		data = data[end+4:]
	}
	for {
		_, payload, size := nextFrame(data)
		if size == 0 {
			break
		}
		s.frame(c, payload)
		data = data[size:]
	}
	c.in = append(c.in[:0], data...)
	if len(c.in) == 0 {
		c.in = nil
	}
}

// frame answers a frame; it ignores unknown kinds.
func (s *bareServer) frame(c *bareConn, payload []byte) {
	limits := protocol.Limits{TextBytes: protocol.TextBytesMax, FrameBytes: protocol.FrameBytesMax}
	f, err := protocol.DecodeClient(payload, limits)
	if err != nil {
		return
	}
	switch f := f.(type) {
	case protocol.Hello:
		claims, _ := protocol.ReadClaims(f.Token)
		c.user = protocol.User{ID: claims.Subject, Name: "User" + claims.Subject[1:], Role: protocol.RoleParticipant}
		s.say(c, protocol.Welcome{
			Session: "bare", User: c.user, Server: "bare", Limits: limits,
			HeartbeatMs: protocol.Heartbeat.Milliseconds(), TimeoutMs: protocol.Timeout.Milliseconds(),
		})
	case protocol.Join:
		s.say(c, protocol.Joined{Room: f.Room, Epoch: "bare", Head: s.rev, Members: 1, Role: c.user.Role})
		if !c.member {
			c.member = true
			s.members = append(s.members, c)
		}
	case protocol.Ping:
		s.say(c, protocol.Pong{T: f.T})
	case protocol.Send:
		s.rev++
		s.out = appendFrame(s.out, finText, protocol.Changed{Message: protocol.Message{
			Room: f.Room, ID: f.ID, Seq: s.rev, Rev: s.rev, Sender: c.user, Text: f.Text,
			CreatedAt: 1_795_000_000_000_000, SentAt: f.SentAt,
		}}.Append(nil))
	}
}

func (s *bareServer) say(c *bareConn, f protocol.RelayFrame) {
	s.write(c, appendFrame(nil, finText, f.Append(nil)))
}

// broadcast sends the frames of this round to all members.
func (s *bareServer) broadcast() {
	if len(s.out) == 0 {
		return
	}
	for _, c := range s.members {
		s.write(c, s.out)
	}
	s.out = s.out[:0]
}

// write writes the buffered bytes and then p, and buffers the bytes that the socket does not take.
func (s *bareServer) write(c *bareConn, p []byte) {
	waited := len(c.out) > 0
	if waited {
		c.out = append(c.out, p...)
		p = c.out
	}
	n := 0
	if len(p) > 0 {
		n, _ = writeRaw(c.fd, p) // a read reports the end of a connection
		n = max(n, 0)
	}
	switch left := p[n:]; {
	case len(left) == 0 && waited:
		c.out = nil
		_ = s.watch(unix.EPOLL_CTL_MOD, c.fd, unix.EPOLLIN)
	case len(left) > 0 && waited:
		c.out = left
	case len(left) > 0:
		c.out = append([]byte(nil), left...)
		_ = s.watch(unix.EPOLL_CTL_MOD, c.fd, unix.EPOLLIN|unix.EPOLLOUT)
	}
}
