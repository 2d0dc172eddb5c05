package server

import (
	"errors"
	"net/netip"
	"sync"
	"time"
)

// The bounds of answers that wait to be read by those who asked for them. A single
// answer passes where nothing else waits, whatever its size.
const (
	// UnreadBytesMax is how many bytes wait in all, UnreadAddressBytesMax of one
	// address, UnreadUserBytesMax of one user.
	UnreadBytesMax        = 32 << 20
	UnreadAddressBytesMax = 16 << 20
	UnreadUserBytesMax    = 8 << 20
	// stallTimeout is how long a reader may take nothing of its answer.
	stallTimeout = 10 * time.Second
	// stallPressed is how long it may while another answer has no place.
	stallPressed = 500 * time.Millisecond
	// An answer may take slowFor, and a second more for each slowBytes.
	slowFor   = 30 * time.Second
	slowBytes = 1 << 10
	// lookEvery is how often the relay looks how far the readers have come.
	lookEvery = 250 * time.Millisecond
	// entryBytes is what an answer counts beside its body: the buffers of its request.
	entryBytes = 4 << 10
)

// The reasons why an answer is not held.
var (
	errUserUnread    = errors.New("too much of the user waits to be read")
	errAddressUnread = errors.New("too much of the address waits to be read")
	errAllUnread     = errors.New("too much waits to be read")
)

// reader is whose answer a connection carries.
type reader interface {
	// taken is how many bytes the other end has taken so far, of this answer and those
	// before; only its growth counts.
	taken() uint64
	// extend gives the write under way more time.
	extend(d time.Duration)
	// cut ends the connection at once.
	cut()
}

// answers are those that are being written, or wait for that. It has bounds in all, for
// each address and for each user, and gives up the answer of a reader that stands still,
// or of whoever holds the most, before it refuses one to somebody else.
type answers struct {
	now  func() time.Time
	cuts func(reason string)

	mu        sync.Mutex
	held      map[reader]*heldAnswer
	bytes     int
	addresses map[netip.Addr]int // bytes
	users     map[string]int
	looking   bool
}

// heldAnswer is an answer that is not written yet.
type heldAnswer struct {
	asker
	bytes        int
	began, moved time.Time // moved is when the reader took something last
	taken        uint64
	working      bool // there is no answer yet
}

func newAnswers(now func() time.Time, cuts func(string)) *answers {
	return &answers{
		now: now, cuts: cuts,
		held: map[reader]*heldAnswer{}, addresses: map[netip.Addr]int{}, users: map[string]int{},
	}
}

// admit tells in advance that there will be no place for an answer: what it would cost
// is saved.
func (a *answers) admit(who asker) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.makePlace(who, 1)
}

// reserve makes place for an answer of at most so many bytes, before it is made.
func (a *answers) reserve(r reader, who asker, bytes int) error {
	return a.add(r, who, bytes, true)
}

// hold takes an answer on, in place of what was reserved for it. After an error it is
// not.
func (a *answers) hold(r reader, who asker, bytes int) error {
	return a.add(r, who, bytes, false)
}

func (a *answers) add(r reader, who asker, bytes int, working bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop(r) // the one before, on the same connection
	bytes += entryBytes
	if err := a.makePlace(who, bytes); err != nil && (working || bytes > entryBytes) {
		return err
	}
	now := a.now()
	a.held[r] = &heldAnswer{asker: who, bytes: bytes, began: now, moved: now, taken: r.taken(), working: working}
	a.count(who, bytes)
	if !a.looking {
		a.looking = true
		time.AfterFunc(lookEvery, a.look)
	}
	return nil
}

// release ends the holding of a connection's answer.
func (a *answers) release(r reader) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop(r)
}

func (a *answers) drop(r reader) {
	if h := a.held[r]; h != nil {
		delete(a.held, r)
		a.count(h.asker, -h.bytes)
	}
}

func (a *answers) count(who asker, bytes int) {
	a.bytes += bytes
	if a.addresses[who.addr] += bytes; a.addresses[who.addr] == 0 {
		delete(a.addresses, who.addr)
	}
	if who.user == "" {
		return
	}
	if a.users[who.user] += bytes; a.users[who.user] == 0 {
		delete(a.users, who.user)
	}
}

// makePlace finds place for an answer, by giving up others where there is reason to.
// The caller holds mu.
func (a *answers) makePlace(who asker, bytes int) error {
	for _, scope := range []struct {
		why  error
		held func() int
		most int
		of   func(*heldAnswer) bool
		// weight is what an answer's holder has; own, what who has of that.
		weight func(*heldAnswer) int
		own    func() int
	}{
		{
			errUserUnread, func() int { return a.users[who.user] }, UnreadUserBytesMax,
			func(h *heldAnswer) bool { return h.user == who.user }, nil, nil,
		},
		{
			errAddressUnread, func() int { return a.addresses[who.addr] }, UnreadAddressBytesMax,
			func(h *heldAnswer) bool { return h.addr == who.addr },
			func(h *heldAnswer) int { return a.users[h.user] }, func() int { return a.users[who.user] },
		},
		{
			errAllUnread, func() int { return a.bytes }, UnreadBytesMax,
			func(*heldAnswer) bool { return true },
			func(h *heldAnswer) int { return a.addresses[h.addr] }, func() int { return a.addresses[who.addr] },
		},
	} {
		for held := scope.held(); held > 0 && held+bytes > scope.most; held = scope.held() {
			victim := a.stalled(scope.of)
			if victim == nil && scope.weight != nil {
				victim = a.heaviest(scope.of, scope.weight, scope.own()+bytes)
			}
			if victim == nil {
				return scope.why
			}
			a.drop(victim)
			a.cuts("pressed")
			victim.cut()
		}
	}
	return nil
}

// stalled is the reader that has stood still for the longest, if for long enough.
func (a *answers) stalled(of func(*heldAnswer) bool) (victim reader) {
	longest := a.now().Add(-stallPressed)
	for r, h := range a.held {
		if !h.working && of(h) && h.moved.Before(longest) {
			victim, longest = r, h.moved
		}
	}
	return victim
}

// heaviest is the oldest answer of the holder that has the most, if that is more than
// the one who asks would have.
func (a *answers) heaviest(of func(*heldAnswer) bool, weight func(*heldAnswer) int, own int) (victim reader) {
	var oldest *heldAnswer
	for r, h := range a.held {
		if h.working || !of(h) {
			continue
		}
		w := weight(h)
		if w > own || w == own && oldest != nil && h.began.Before(oldest.began) {
			victim, oldest, own = r, h, w
		}
	}
	return victim
}

// look gives readers that go on more time, and cuts those that do not.
func (a *answers) look() {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	for r, h := range a.held {
		if h.working {
			continue
		}
		if taken := r.taken(); taken != h.taken {
			h.taken, h.moved = taken, now
			r.extend(stallTimeout)
		}
		if now.Sub(h.moved) >= stallTimeout || now.Sub(h.began) >= slowFor+time.Duration(h.bytes/slowBytes)*time.Second {
			a.drop(r)
			a.cuts("slow")
			r.cut()
		}
	}
	if a.looking = len(a.held) > 0; a.looking {
		time.AfterFunc(lookEvery, a.look)
	}
}
