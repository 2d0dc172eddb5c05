package hub_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// A sender is a client as PROTOCOL.md demands: it has a pipeline, and after a refusal it sends everything again from
// the first refused message.
type sender struct {
	t      *rapid.T
	conn   *fakeConn
	number int // the sender's number, which makes its ids unique
	count  int // the number of messages, which are numbered from 0
	next   int // the next message to send
	back   int // the first refused message of the pipeline; -1: none

	stored  []bool
	flights []int // the unanswered frames of each message
}

func (s *sender) id(i int) string { return fmt.Sprintf(idFormat, s.number*1_000_000+i) }

// transmit writes the next frame of the pipeline. After a refusal it first waits for all answers.
func (s *sender) transmit() {
	if s.back >= 0 {
		if slices.Max(s.flights) > 0 {
			return
		}
		s.next, s.back = s.back, -1
	}
	if s.next == s.count {
		s.count++
		s.stored, s.flights = append(s.stored, false), append(s.flights, 0)
	}
	s.frame(s.next)
	s.next++
}

// again writes a frame once more, at random: of a message before which all are stored and after which no frame is under
// way, because it would otherwise ask to be overtaken.
func (s *sender) again(i int) {
	if i < s.next && !slices.Contains(s.stored[:i], false) && !slices.ContainsFunc(s.flights[i+1:], func(n int) bool { return n > 0 }) {
		s.frame(i)
	}
}

// rejoin joins again, once all frames are answered: later messages may then pass the refused ones.
func (s *sender) rejoin() {
	if s.count == 0 || slices.Max(s.flights) == 0 {
		s.receive(protocol.Join{Room: "lobby"})
	}
}

func (s *sender) frame(i int) {
	s.flights[i]++
	w := s.conn.world
	w.Received(w.now, s.conn.session, protocol.Encode(protocol.Send{Room: "lobby", ID: s.id(i), Text: "x"}))
}

func (s *sender) heard(data []byte) {
	frame, err := protocol.DecodeRelay(data)
	if err != nil {
		s.t.Fatalf("%s: %v", data, err)
	}
	var id string
	refused := false
	switch f := frame.(type) {
	case protocol.Changed:
		id = f.Message.ID
	case protocol.Error:
		id, refused = f.ID, true
		if !f.Code.Retryable() {
			s.t.Fatalf("refused for good: %s", data)
		}
	default:
		return
	}
	for i := range s.count {
		if s.id(i) != id {
			continue
		}
		if s.flights[i]--; s.flights[i] < 0 {
			s.t.Fatalf("an answer too many: %s", data)
		}
		switch {
		case !refused:
			s.stored[i] = true
		case !s.stored[i] && (s.back < 0 || i < s.back):
			s.back = i
		}
	}
}

// TestSendsKeepTheirOrder checks that each send of a connection is answered exactly once, none is lost or doubled, and
// none overtakes another, whatever fails.
func TestSendsKeepTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(hub.Config{
			Rate:     float64(rapid.SampledFrom([]int{0, 1}).Draw(t, "rate")),
			QueueOps: rapid.SampledFrom([]int{0, 3}).Draw(t, "queue"),
		})
		var senders []*sender
		for i := range 3 {
			s := &sender{t: t, conn: w.open(fmt.Sprint("c", i)), number: i + 1, back: -1}
			s.conn.heard = s.heard
			s.receive(protocol.Hello{Token: fmt.Sprint("user", i%2)}) // two of the connections belong to one user
			s.receive(protocol.Join{Room: "lobby"})
			senders = append(senders, s)
		}
		for w.batch != nil {
			w.commit()
		}
		t.Repeat(map[string]func(*rapid.T){
			"send":  func(t *rapid.T) { rapid.SampledFrom(senders).Draw(t, "sender").transmit() },
			"again": func(t *rapid.T) { repeatOne(t, rapid.SampledFrom(senders).Draw(t, "sender")) },
			"join":  func(t *rapid.T) { rapid.SampledFrom(senders).Draw(t, "sender").rejoin() },
			"end":   func(t *rapid.T) { endBatch(t, w) },
			"slow":  func(t *rapid.T) { slowDown(w, rapid.Int64Range(0, 2).Draw(t, "seconds")) },
			"role": func(t *rapid.T) {
				i := rapid.IntRange(0, 2).Draw(t, "sender")
				role := rapid.SampledFrom([]protocol.Role{protocol.RoleParticipant, protocol.RoleModerator}).Draw(t, "role")
				senders[i].receive(protocol.Hello{Token: fmt.Sprintf("user%d role=%s", i%2, role)})
			},
			"wait": func(t *rapid.T) {
				w.pass(senders, time.Duration(rapid.IntRange(1, 2000).Draw(t, "ms"))*time.Millisecond)
			},
		})
		for _, s := range senders {
			s.settle()
		}
		checkHistory(t, w, senders)
	})
}

func (s *sender) receive(f protocol.ClientFrame) {
	s.conn.world.Received(s.conn.world.now, s.conn.session, protocol.Encode(f))
}

func repeatOne(t *rapid.T, s *sender) {
	if s.count > 0 {
		s.again(rapid.IntRange(0, s.count-1).Draw(t, "message"))
	}
}

// slowDown sets the lobby's slow mode.
func slowDown(w *world, seconds int64) {
	boss, _ := fakeVerifier{}.Verify(w.now, netip.Addr{}, "boss role=organizer")
	op := rules.Op{Room: "lobby", Do: rules.Adjust{Adjust: protocol.Adjust{Room: "lobby", SlowModeS: &seconds}}}
	w.Change(w.now, boss, op, func(rules.Outcome) {})
}

func endBatch(t *rapid.T, w *world) {
	if w.batch == nil {
		return
	}
	rapid.SampledFrom([]func(){w.commit, w.commit, w.fail, w.lose}).Draw(t, "how")()
}

// pass lets time pass while all connections stay alive.
func (w *world) pass(senders []*sender, d time.Duration) {
	w.wait(d)
	for _, s := range senders {
		w.Alive(w.now, s.conn.session)
	}
}

// settle runs the sender until all of its messages are stored. No more failures occur.
func (s *sender) settle() {
	w := s.conn.world
	for round := 0; ; round++ {
		for w.batch != nil {
			w.commit()
		}
		if s.back < 0 && s.next == s.count {
			break
		}
		if round > 100*s.count+100 {
			s.t.Fatalf("%s never gets its messages stored", s.conn.name)
		}
		w.pass([]*sender{s}, time.Second)
		s.transmit()
	}
	if slices.Contains(s.stored, false) {
		s.t.Fatalf("%s was never answered: %v", s.conn.name, s.stored)
	}
	for i, n := range s.flights {
		if n != 0 {
			s.t.Fatalf("%d frames of %s were not answered", n, s.id(i))
		}
	}
}

func checkHistory(t *rapid.T, w *world, senders []*sender) {
	var want, got []string
	for _, s := range senders {
		for i := range s.count {
			want = append(want, s.id(i))
		}
	}
	for _, m := range w.history("lobby") {
		got = append(got, m.ID)
	}
	// A sender's ids sort in the order of its sends, and the senders by their number.
	slices.SortStableFunc(got, func(a, b string) int { return int(a[29]) - int(b[29]) })
	if !slices.Equal(got, want) {
		t.Fatalf("stored, by sender:\n%q\nsent:\n%q", got, want)
	}
}
