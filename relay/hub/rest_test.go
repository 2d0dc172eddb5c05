package hub_test

import (
	"fmt"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// Rest implements hub.Conn.
func (c *fakeConn) Rest(d time.Duration) { c.world.log("%s rests %v", c.name, d) }

// TestRests: a connection that is refused again and again is read more slowly,
// and a patient one is not.
func TestRests(t *testing.T) {
	typed := protocol.Read{Room: "elsewhere", Seq: 1} // refused: the room is not joined
	for name, test := range map[string]struct {
		frames int
		every  time.Duration
		rests  bool
	}{
		"many at once":            {hub.RefusalsBurstMax, 0, false},
		"too many at once":        {hub.RefusalsBurstMax + 1, 0, true},
		"as many as are answered": {2000, time.Second / hub.RefusalsPerSecondMax, false},
		"more":                    {2000, time.Second / hub.RefusalsPerSecondMax / 2, true},
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

// TestRestsAreBounded: who has flooded is heard again soon.
func TestRestsAreBounded(t *testing.T) {
	const most = 2 * time.Second
	w := newWorld(hub.Config{})
	ada := w.member("ada")
	for range 5000 {
		w.Heard(w.now, ada.session) // WebSocket pings count like frames
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

// rests is the longest time that a connection was told to rest.
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
