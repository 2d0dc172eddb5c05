package guard

import (
	"errors"
	"net/netip"
	"sync"
	"time"
)

// The bounds of unread answers. A single answer is accepted while no other waits, whatever its size.
const (
	// UnreadBytesMax bounds all unread bytes, UnreadAddressBytesMax those of an address, UnreadUserBytesMax those of a
	// user.
	UnreadBytesMax        = 32 << 20
	UnreadAddressBytesMax = 16 << 20
	UnreadUserBytesMax    = 8 << 20
	// StallTimeout bounds the time in which a reader takes nothing of its answer.
	StallTimeout = 10 * time.Second
	// stallPressed replaces StallTimeout while another answer finds no room.
	stallPressed = 500 * time.Millisecond
	// An answer may take slowFor, and a second more for each slowBytes.
	slowFor   = 30 * time.Second
	slowBytes = 1 << 10
	// readersEvery is the time between two checks of the readers' progress.
	readersEvery = 250 * time.Millisecond
	// answerBytes is the size of an answer without its body: the buffers of its request.
	answerBytes = 4 << 10
)

// The reasons why an answer finds no room.
var (
	ErrUserUnread    = errors.New("the user has too many unread answers")
	ErrAddressUnread = errors.New("the address has too many unread answers")
	ErrAllUnread     = errors.New("there are too many unread answers")
)

// Reader is a connection that carries answers.
type Reader interface {
	// Taken returns the number of bytes that the other end has taken. Only its growth counts.
	Taken() uint64
	// Extend gives the current write more time.
	Extend(d time.Duration)
	// Cut ends the connection at once.
	Cut()
}

// Answers bounds the answers that are being made or written: in total, for each address and for each user. Before it
// refuses an answer to another user, it drops the answer of a stalled reader, or of the user with the most unread
// bytes. It is safe for concurrent use.
type Answers struct {
	clock Clock
	cuts  func(reason string)

	mu        sync.Mutex
	held      map[Reader]*answer
	bytes     int
	addresses map[netip.Addr]int // bytes
	users     map[string]int     // bytes
	checking  bool
}

// answer is an answer that is not fully written.
type answer struct {
	Caller
	bytes        int
	began, moved time.Time // moved is the time of the reader's last progress
	taken        uint64
	working      bool // the answer is still being made
}

// NewAnswers returns empty Answers. It calls cuts with the reason for each connection that it cuts.
func NewAnswers(clock Clock, cuts func(reason string)) *Answers {
	return &Answers{
		clock: clock, cuts: cuts,
		held: map[Reader]*answer{}, addresses: map[netip.Addr]int{}, users: map[string]int{},
	}
}

// Admit returns the reason why an answer would find no room, before any work is done for it.
func (a *Answers) Admit(who Caller) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.makeRoom(who, 1)
}

// Reserve reserves room for an answer of at most so many bytes, before it is made.
func (a *Answers) Reserve(r Reader, who Caller, bytes int) error { return a.add(r, who, bytes, true) }

// Hold counts an answer in place of its reserved bytes. After an error the answer is not counted.
func (a *Answers) Hold(r Reader, who Caller, bytes int) error { return a.add(r, who, bytes, false) }

func (a *Answers) add(r Reader, who Caller, bytes int, working bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop(r) // the previous answer on the same connection
	bytes += answerBytes
	if err := a.makeRoom(who, bytes); err != nil && (working || bytes > answerBytes) {
		return err
	}
	now := a.clock.Now()
	a.held[r] = &answer{Caller: who, bytes: bytes, began: now, moved: now, taken: r.Taken(), working: working}
	a.count(who, bytes)
	if !a.checking {
		a.checking = true
		a.clock.AfterFunc(readersEvery, a.checkReaders)
	}
	return nil
}

// Release drops a connection's answer.
func (a *Answers) Release(r Reader) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop(r)
}

// Bytes returns the sum of all waiting bytes.
func (a *Answers) Bytes() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.bytes
}

func (a *Answers) drop(r Reader) {
	if h := a.held[r]; h != nil {
		delete(a.held, r)
		a.count(h.Caller, -h.bytes)
	}
}

func (a *Answers) count(who Caller, bytes int) {
	a.bytes += bytes
	if a.addresses[who.Addr] += bytes; a.addresses[who.Addr] == 0 {
		delete(a.addresses, who.Addr)
	}
	if who.User == "" {
		return
	}
	if a.users[who.User] += bytes; a.users[who.User] == 0 {
		delete(a.users, who.User)
	}
}

// A budget bounds the answers of a user, of an address, or of all.
type budget struct {
	full  error
	most  int
	bytes func() int         // the used bytes of the budget
	in    func(*answer) bool // reports whether an answer counts in the budget
	share func(*answer) int  // the unread bytes of an answer's party; nil: all answers have one party
	own   func() int         // the bytes used by the party of the caller
}

// budgets returns the budgets of a caller's answer.
func (a *Answers) budgets(who Caller) [3]budget {
	return [3]budget{
		{
			full: ErrUserUnread, most: UnreadUserBytesMax,
			bytes: func() int { return a.users[who.User] },
			in:    func(h *answer) bool { return h.User == who.User },
		},
		{
			full: ErrAddressUnread, most: UnreadAddressBytesMax,
			bytes: func() int { return a.addresses[who.Addr] },
			in:    func(h *answer) bool { return h.Addr == who.Addr },
			share: func(h *answer) int { return a.users[h.User] },
			own:   func() int { return a.users[who.User] },
		},
		{
			full: ErrAllUnread, most: UnreadBytesMax,
			bytes: func() int { return a.bytes },
			in:    func(*answer) bool { return true },
			share: func(h *answer) int { return a.addresses[h.Addr] },
			own:   func() int { return a.addresses[who.Addr] },
		},
	}
}

// makeRoom makes room for an answer. It may drop other answers for it. The caller holds mu.
func (a *Answers) makeRoom(who Caller, bytes int) error {
	for _, b := range a.budgets(who) {
		for held := b.bytes(); held > 0 && held+bytes > b.most; held = b.bytes() {
			victim := a.stalled(b.in)
			if victim == nil && b.share != nil {
				victim = a.heaviest(&b, b.own()+bytes)
			}
			if victim == nil {
				return b.full
			}
			a.drop(victim)
			a.cuts("pressed")
			victim.Cut()
		}
	}
	return nil
}

// stalled returns the reader that has been stalled for longest, if for long enough.
func (a *Answers) stalled(in func(*answer) bool) (victim Reader) {
	longest := a.clock.Now().Add(-stallPressed)
	for r, h := range a.held {
		if !h.working && in(h) && h.moved.Before(longest) {
			victim, longest = r, h.moved
		}
	}
	return victim
}

// heaviest returns the oldest answer of the party with the most unread bytes, if these are more than the caller's party
// would have.
func (a *Answers) heaviest(b *budget, own int) (victim Reader) {
	var oldest *answer
	for r, h := range a.held {
		if h.working || !b.in(h) {
			continue
		}
		w := b.share(h)
		if w > own || w == own && oldest != nil && h.began.Before(oldest.began) {
			victim, oldest, own = r, h, w
		}
	}
	return victim
}

// checkReaders gives readers that make progress more time, and cuts the others.
func (a *Answers) checkReaders() {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.clock.Now()
	for r, h := range a.held {
		if h.working {
			continue
		}
		if taken := r.Taken(); taken != h.taken {
			h.taken, h.moved = taken, now
			r.Extend(StallTimeout)
		}
		if now.Sub(h.moved) >= StallTimeout || now.Sub(h.began) >= slowFor+time.Duration(h.bytes/slowBytes)*time.Second {
			a.drop(r)
			a.cuts("slow")
			r.Cut()
		}
	}
	if a.checking = len(a.held) > 0; a.checking {
		a.clock.AfterFunc(readersEvery, a.checkReaders)
	}
}
