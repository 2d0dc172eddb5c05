package guard

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// eater is a reader that takes a number of bytes each second.
type eater struct {
	began     time.Time
	perSecond float64
	deadline  time.Time
	ended     time.Time
}

func (e *eater) Taken() uint64          { return uint64(e.perSecond * time.Since(e.began).Seconds()) }
func (e *eater) Extend(d time.Duration) { e.deadline = time.Now().Add(d) }
func (e *eater) Cut()                   { e.ended = time.Now() }

func callerOf(user, address int) Caller {
	return Caller{netip.AddrFrom4([4]byte{10, byte(address >> 16), byte(address >> 8), byte(address)}), fmt.Sprint("u", user)}
}

func newEater(perSecond float64) *eater {
	return &eater{began: time.Now(), perSecond: perSecond}
}

// TestReadersThatTakeNothingAreCut checks that stalled readers are cut, and that slow ones are not, unless they are
// slower than any real client.
func TestReadersThatTakeNothingAreCut(t *testing.T) {
	const page = 256 << 10
	for name, c := range map[string]struct {
		perSecond float64
		from, to  time.Duration // when it is cut; 0: not before it has read everything
	}{
		"nothing":           {0, StallTimeout, StallTimeout + readersEvery},
		"a byte in a while": {0.05, StallTimeout, StallTimeout + readersEvery},
		"a byte a second":   {1, slowFor + page/slowBytes*time.Second, slowFor + (page/slowBytes+5)*time.Second},
		"a phone far away":  {2 << 10, 0, 0},
		"a phone":           {50 << 10, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := NewAnswers(system, func(string) {})
				e, began := newEater(c.perSecond), time.Now()
				if err := a.Hold(e, callerOf(1, 1), page); err != nil {
					t.Fatal(err)
				}
				time.Sleep(page/(2<<10)*time.Second + time.Second)
				synctest.Wait()
				if c.to == 0 {
					if !e.ended.IsZero() {
						t.Errorf("cut after %v", e.ended.Sub(began))
					}
					if time.Until(e.deadline) < StallTimeout-time.Second {
						t.Error("has no time to go on")
					}
					a.Release(e)
				}
				time.Sleep(10 * time.Minute)
				synctest.Wait()
				if took := e.ended.Sub(began); c.to > 0 && (took < c.from || took > c.to) {
					t.Errorf("cut after %v, want %v", took, c.from)
				}
			})
		})
	}
}

// TestUnreadIsBounded checks that unread answers stay within their bounds for all users and addresses, and that a user
// without unread answers gets one at once or soon.
func TestUnreadIsBounded(t *testing.T) {
	const page = 256 << 10
	for name, c := range map[string]struct {
		who  func(i int) Caller
		most int
		why  error // the reason of refusals; nil: any
	}{
		"one user":                  {func(int) Caller { return callerOf(1, 1) }, UnreadUserBytesMax, ErrUserUnread},
		"one user, many addresses":  {func(i int) Caller { return callerOf(1, i) }, UnreadUserBytesMax, ErrUserUnread},
		"one address, many users":   {func(i int) Caller { return callerOf(i, 1) }, UnreadAddressBytesMax, ErrAddressUnread},
		"many addresses":            {func(i int) Caller { return callerOf(i, i) }, UnreadBytesMax, ErrAllUnread},
		"two addresses, many users": {func(i int) Caller { return callerOf(i, i%2) }, UnreadBytesMax, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := NewAnswers(system, func(string) {})
				refused := 0
				for i := range 500 {
					if err := a.Hold(newEater(0), c.who(i), page); err != nil {
						if refused++; c.why != nil && !errors.Is(err, c.why) {
							t.Fatal(err)
						}
					}
				}
				if held := a.Bytes(); held > c.most || held < c.most-2*page || refused == 0 {
					t.Errorf("%d bytes are held, %d are refused", held, refused)
				}
				// If no party holds more than the caller would, a stalled reader is cut.
				time.Sleep(stallPressed + readersEvery)
				synctest.Wait()
				for n, other := range []Caller{callerOf(1000, 1000), callerOf(1001, 1), callerOf(1002, 2)} {
					if err := a.Hold(newEater(1), other, page); err != nil {
						t.Errorf("other %d: %v", n, err)
					}
				}
				if held := a.Bytes(); held > UnreadBytesMax {
					t.Errorf("%d bytes are held", held)
				}
				time.Sleep(10 * time.Minute)
				synctest.Wait()
				if len(a.held)+a.bytes+len(a.users)+len(a.addresses) != 0 || a.checking {
					t.Errorf("left: %+v", a)
				}
			})
		})
	}
}

// TestHeaviestIsCut checks that readers that make progress but hold all bytes are cut for a user who holds less.
func TestHeaviestIsCut(t *testing.T) {
	const page = 256 << 10
	synctest.Test(t, func(t *testing.T) {
		a := NewAnswers(system, func(string) {})
		var first *eater
		for i := 0; ; i++ {
			e := newEater(5 << 10)
			if err := a.Hold(e, callerOf(i%8, i%4), page); err != nil {
				break
			}
			if first == nil {
				first = e
			}
			time.Sleep(time.Millisecond)
			synctest.Wait()
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if err := a.Hold(newEater(0), callerOf(100, 100), page); err != nil {
			t.Error(err)
		}
		if first.ended.IsZero() {
			t.Error("the oldest answer of the heaviest is still there")
		}
		// An answer as large as the whole bound is accepted if no other waits.
		alone := NewAnswers(system, func(string) {})
		if err := alone.Hold(newEater(0), callerOf(1, 1), UnreadBytesMax); err != nil {
			t.Error(err)
		}
		time.Sleep(24 * time.Hour)
		synctest.Wait()
	})
}

// TestManyReadersOfOneAddress checks that many readers behind one address do not block each other.
func TestManyReadersOfOneAddress(t *testing.T) {
	const page, clients = 256 << 10, 2000
	synctest.Test(t, func(t *testing.T) {
		a := NewAnswers(system, func(string) {})
		for i := range clients {
			e := newEater(5 << 20)
			if err := a.Hold(e, callerOf(i, 1), page); err != nil {
				t.Fatalf("client %d: %v", i, err)
			}
			time.AfterFunc(50*time.Millisecond, func() { a.Release(e) })
			time.Sleep(time.Millisecond)
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if a.bytes != 0 {
			t.Errorf("%d bytes are left", a.bytes)
		}
	})
}
