package conn_test

import (
	"bytes"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"hallway/relay/conn"
	"hallway/relay/hub"
)

var kinds = map[string]kind{
	"portable": portable,
	"epoll":    {"*conn.epollConn", func() conn.Transport { return conn.NewEpoll(frameBytesMax) }},
}

// hasty returns a site whose transport waits for a peer only for a moment.
func hasty(t *testing.T) *site { return waiting(t, 50*time.Millisecond) }

func waiting(t *testing.T, d time.Duration) *site {
	s := &site{Transport: conn.NewHasty(frameBytesMax, d), conns: "*conn.epollConn"}
	t.Cleanup(s.Close)
	return s
}

func TestEpollCloseUnanswered(t *testing.T) {
	c := hasty(t).call(t)
	c.conn.Close(1001, "")
	c.want("close 1001")
	c.write(text("deaf"))
	if got := c.read(); got != "EOF" && !strings.Contains(got, "reset") {
		t.Fatalf("got %q, want the end", got)
	}
	c.wantClosed()
}

// TestEpollDoesNotAwaitTheSilent checks that a peer that was silent for too long is cut at once.
func TestEpollDoesNotAwaitTheSilent(t *testing.T) {
	c := waiting(t, time.Hour).call(t)
	c.conn.Close(4408, "nothing heard")
	c.want("close 4408 nothing heard")
	c.wantEnd()
}

// TestEpollAttend checks that a shard is busy while a handler has work, and only then.
func TestEpollAttend(t *testing.T) {
	e := conn.NewEpoll(frameBytesMax)
	if e.Attend() {
		t.Error("busy before the first connection")
	}
	client, relay := socketPair(t)
	defer client.Close()
	h := &hesitant{ear: make(ear, heardMax), begun: make(chan bool), end: make(chan bool)}
	e.Serve(relay, func(hub.Conn) conn.Handler { return h })
	if _, err := client.Write(text("x")); err != nil {
		t.Fatal(err)
	}
	<-h.begun
	if !e.Attend() {
		t.Error("idle while a handler is at work")
	}
	close(h.end)
	for e.Attend() {
		runtime.Gosched()
	}
	e.Close()
	if e.Attend() {
		t.Error("busy after the end")
	}
}

// hesitant is an ear that blocks on demand.
type hesitant struct {
	ear
	begun, end chan bool
}

func (h *hesitant) Received(data []byte) {
	close(h.begun)
	<-h.end
}

func TestEpollDeadConsumer(t *testing.T) {
	for name, end := range map[string]func(*caller){
		"":             func(*caller) {},
		"being closed": func(c *caller) { c.conn.Close(4408, "") },
	} {
		t.Run(name, func(t *testing.T) {
			s := hasty(t)
			s.sockets = 4 << 10
			c := s.call(t)
			c.conn.Send(bytes.Repeat([]byte("x"), 8*conn.PendingBytesMax))
			end(c)
			c.wantClosed()
		})
	}
}

// TestEpollServesTheRest checks that a connection without a descriptor to take is served anyway, and can be a member.
func TestEpollServesTheRest(t *testing.T) {
	s := &site{Transport: conn.NewEpoll(frameBytesMax), conns: "*conn.epollConn"}
	defer s.Close()
	g := s.NewGroup("lobby")
	client, relay := net.Pipe()
	heard := make(ear, heardMax)
	taken := make(chan hub.Conn, 1)
	go s.Serve(relay, func(c hub.Conn) conn.Handler {
		taken <- c
		return heard
	})
	piped, c := <-taken, s.call(t)
	g.Remove(piped)
	g.Remove(c.conn)
	g.Add(piped)
	g.Add(c.conn)
	g.Send([][]byte{[]byte("all")})
	c.want("text all")
	if got := readFrame(t, client); got != "text all" {
		t.Errorf("got %q", got)
	}
	g.Remove(piped)
	client.Close()
	for range heard {
	}
}

// TestEpollStorm checks that connections that come and go, in whatever way they end, leave no descriptor, and that the
// transport leaves none.
func TestEpollStorm(t *testing.T) {
	const rounds, atOnce = 20, 50
	before := descriptors(t)
	s := &site{Transport: conn.NewEpoll(frameBytesMax), conns: "*conn.epollConn"}
	g := s.NewGroup("lobby")
	var owner sync.Mutex // of the group
	for range rounds {
		var wg sync.WaitGroup
		for i := range atOnce {
			client, relay := socketPair(t)
			wg.Go(func() {
				heard := make(ear, heardMax)
				var hc hub.Conn
				s.Serve(relay, func(c hub.Conn) conn.Handler {
					hc = c
					return heard
				})
				owner.Lock()
				g.Add(hc)
				g.Send([][]byte{[]byte("one more")})
				owner.Unlock()
				switch i % 4 {
				case 0:
					_ = client.SetLinger(0)
				case 1:
					_, _ = client.Write(closing(1000, ""))
				case 2:
					_, _ = client.Write([]byte("GET / HTTP/1.1\r\n"))
				case 3:
					hc.Close(1001, "")
				}
				client.Close()
				for range heard {
				}
				owner.Lock()
				g.Remove(hc)
				owner.Unlock()
			})
		}
		wg.Wait()
	}
	s.Close()
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
}

// descriptors returns the number of the process's open descriptors, without Go's own poller, which is opened at its
// first use.
func descriptors(t *testing.T) int {
	t.Helper()
	client, relay := socketPair(t) // Go's poller is open from now on
	client.Close()
	relay.Close()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// TestEpollEnd checks that the end of the transport ends its connections.
func TestEpollEnd(t *testing.T) {
	s := &site{Transport: conn.NewEpoll(frameBytesMax), conns: "*conn.epollConn"}
	c := s.call(t)
	s.Close()
	c.wantEnd()
	c.conn.Send([]byte("nothing"))
	c.conn.Close(1001, "")
	s.Close()

	// A later connection is served by the Portable.
	s.conns = "*conn.conn"
	c = s.call(t)
	c.conn.Close(1001, "")
	c.want("close 1001")
}
