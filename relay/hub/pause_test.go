package hub_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/guard"
	"hallway/relay/hub"
)

// PauseReading implements hub.Conn.
func (c *fakeConn) PauseReading(d time.Duration) {
	c.world.log("%s rests %v", c.name, d)
	c.rests = c.world.now.Add(d)
}

// TestRefusalsPauseReading checks that a connection with many refusals is read more slowly,
// and a patient one is not.
func TestRefusalsPauseReading(t *testing.T) {
	typed := protocol.Read{Room: "elsewhere", Seq: 1} // refused: the room is not joined
	for name, test := range map[string]struct {
		frames int
		every  time.Duration
		rests  bool
	}{
		"many at once":            {guard.RefusalsBurstMax, 0, false},
		"too many at once":        {guard.RefusalsBurstMax + 1, 0, true},
		"as many as are answered": {2000, time.Second / guard.RefusalsPerSecondMax, false},
		"more":                    {2000, time.Second / guard.RefusalsPerSecondMax / 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(hub.Config{FramesPerSecond: 1000})
			ada := w.member("ada")
			for range test.frames {
				ada.take(typed)
				w.now = w.now.Add(test.every)
			}
			if rests := w.rests() > 0; rests != test.rests {
				t.Errorf("it rests: %v, want %v", rests, test.rests)
			}
		})
	}
}

// TestPausesAreBounded checks that a connection is read again soon after a flood.
func TestPausesAreBounded(t *testing.T) {
	const most = 2 * time.Second
	w := newWorld(hub.Config{})
	ada := w.member("ada")
	for range 5000 {
		w.Alive(w.now, ada.session) // WebSocket pings count like frames
	}
	if longest := w.rests(); longest == 0 || longest > most {
		t.Errorf("it rests %v, want at most %v", longest, most)
	}
	w.now, w.out = w.now.Add(most+time.Second), nil
	ada.take(protocol.Ping{T: "1"})
	if n := w.rests(); n > 0 || len(w.out) != 1 {
		t.Errorf("a ping later: %q", w.out)
	}
}

// TestManyArePaused checks that refusals to many connections cost the relay no more than refusals to a few, and that a
// connection with few refusals is read all the time.
func TestManyArePaused(t *testing.T) {
	const (
		step, warm, measured = 10 * time.Millisecond, 5 * time.Second, 5 * time.Second
		each                 = 3 // frames that each flooding connection sends in a step
	)
	w := newWorld(hub.Config{FramesPerSecond: 1000})
	var flooding []*fakeConn
	for i := range 1000 {
		flooding = append(flooding, w.member(fmt.Sprintf("u%d", i)))
	}
	patient := w.member("ada")
	refused := protocol.Read{Room: "elsewhere", Seq: 1}
	count, began := 0, w.now
	for ; w.now.Before(began.Add(warm + measured)); w.now = w.now.Add(step) {
		for _, c := range flooding {
			for i := 0; i < each && !w.now.Before(c.rests); i++ {
				if c.take(refused); w.now.Sub(began) >= warm {
					count++
				}
			}
		}
		if w.now.Sub(began)%(2*time.Second) == 0 {
			patient.take(refused)
		}
		w.out = nil
	}
	if all := guard.RefusalsPerSecondAll * int(measured/time.Second); count > all*5/4 || count < all/2 {
		t.Errorf("%d refusals in %v, want about %d", count, measured, all)
	}
	if !patient.rests.IsZero() {
		t.Error("who is refused now and then rests")
	}
}

// TestLargeRefusals checks that a large refused frame counts as several.
func TestLargeRefusals(t *testing.T) {
	w := newWorld(hub.Config{FramesPerSecond: 1000})
	ada := w.member("ada")
	large := []byte(`{"type":"nothing","x":"` + strings.Repeat("x", 60_000) + `"}`)
	for n := 1; ada.rests.IsZero(); n++ {
		if n > guard.RefusalsBurstMax/10 {
			t.Fatalf("%d large frames, and it does not rest", n)
		}
		w.Received(w.now, ada.session, large)
	}
}

// rests returns the longest pause of a connection.
func (w *world) rests() (longest time.Duration) {
	for _, line := range w.out {
		var name, d string
		if n, _ := fmt.Sscanf(line, "%s rests %s", &name, &d); n == 2 {
			if told, err := time.ParseDuration(d); err == nil {
				longest = max(longest, told)
			}
		}
	}
	return longest
}
