package conn

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestBroadcastInSlices checks that between two polls a shard writes at most a slice, however large the room is.
func TestBroadcastInSlices(t *testing.T) {
	s := &shard{}
	p := &part{shard: s}
	const slices = 5
	for range slices * sliceWrites {
		p.members = append(p.members, &epollConn{closing: true}) // it accepts no writes
	}
	s.push(command{kind: cmdBroadcast, part: p, data: []byte("x")})
	turns := 1
	for s.work() {
		turns++
	}
	if turns < slices {
		t.Errorf("done in %d turns, want %d at least", turns, slices)
	}
	if n := s.queued.Load(); n != 0 {
		t.Errorf("%d bytes wait when all is done", n)
	}
}

// TestQueueOfARushIsFreed checks that a shard does not keep the memory of a long queue.
func TestQueueOfARushIsFreed(t *testing.T) {
	s := &shard{}
	c := &epollConn{shard: s, closing: true} // it accepts no writes
	for _, rush := range []int{10 * queueKept, 10 * queueKept, 1, 1} {
		for range rush {
			s.push(command{kind: cmdSend, conn: c})
		}
		for s.work() {
		}
	}
	if most := max(cap(s.todo), cap(s.queue)); most > queueKept {
		t.Errorf("room for %d commands is kept", most)
	}
}

// TestOverdueInParts checks that many connections whose deadlines end together are handled a few at a time, until all
// are.
func TestOverdueInParts(t *testing.T) {
	const crowd = 5*overdueMax + 1
	now, times := time.Now(), map[*epollConn]time.Time{}
	for range crowd {
		times[new(epollConn)] = now
	}
	patient := new(epollConn)
	times[patient] = now.Add(1)
	for left := crowd; left > 0; left -= overdueMax {
		n := 0
		more := overdue(times, now, func(c *epollConn) {
			delete(times, c)
			n++
		})
		if n != min(left, overdueMax) || more != (left > overdueMax) {
			t.Fatalf("of %d: %d at once, more: %v", left, n, more)
		}
	}
	if _, waits := times[patient]; len(times) != 1 || !waits {
		t.Errorf("%d are left", len(times))
	}
}

// TestBacklogStopsReading checks that a shard reads nothing while too much waits to be written.
func TestBacklogStopsReading(t *testing.T) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fds[0])
	defer unix.Close(fds[1])
	s := &shard{transport: NewEpoll(100), spare: new(decoder), buffer: make([]byte, readBytes)}
	c := &epollConn{shard: s, fd: int32(fds[0]), opened: true}
	s.conns = make([]*epollConn, fds[0]+1)
	s.conns[c.fd] = c
	p := &part{shard: s}
	for s.queued.Load() <= queuedBytesMax {
		s.push(command{kind: cmdBroadcast, part: p, data: make([]byte, 1000)})
	}
	if _, err := unix.Write(fds[1], []byte{0x81}); err != nil { // half a header
		t.Fatal(err)
	}
	readable := &unix.EpollEvent{Events: unix.EPOLLIN, Fd: c.fd}
	if s.event(readable); c.in != nil {
		t.Error("it was read")
	}
	for s.work() {
	}
	if s.event(readable); c.in == nil {
		t.Error("it was not read")
	}
}

// TestBacklogDelaysNoOthers checks that other connections are read while some are backlogged.
func TestBacklogDelaysNoOthers(t *testing.T) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fds[0])
	defer unix.Close(fds[1])
	p, err := newPoller()
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	s := &shard{poller: p, backlogAt: time.Now(), backlogged: []*epollConn{{}}}
	if err := p.add(int32(fds[0])); err != nil {
		t.Fatal(err)
	}
	if _, err := unix.Write(fds[1], []byte("x")); err != nil {
		t.Fatal(err)
	}
	if events, err := s.await(false); err != nil || len(events) != 1 {
		t.Errorf("%d events, %v; want 1", len(events), err)
	}
}
