package log

import (
	"testing"

	"pgregory.net/rapid"
)

func TestWindow(t *testing.T) {
	for _, tc := range []struct {
		name string
		got  window
		want window
	}{
		{"the end of nothing", windowEnd(0), window{0, 0}},
		{"the end of few", windowEnd(50), window{0, 50}},
		{"the end of many", windowEnd(1000), window{800, 1000}},
		{"from a row", windowFrom(300, 1000), window{300, 500}},
		{"from a row with few after it", windowFrom(950, 1000), window{800, 1000}},
		{"around a row", windowAround(500, 1000), window{400, 600}},
		{"around the first", windowAround(0, 1000), window{0, 200}},
		{"around the last", windowAround(999, 1000), window{800, 1000}},
		{"earlier", window{300, 500}.earlier(1000), window{200, 400}},
		{"earlier than the first", window{50, 250}.earlier(1000), window{0, 200}},
		{"later", window{300, 500}.later(1000), window{400, 600}},
		{"later than the last", window{750, 950}.later(1000), window{800, 1000}},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, tc.got, tc.want)
		}
	}
}

// TestWindowMoves checks that the window is always full and inside the log, and keeps some rows at each step.
func TestWindowMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 1000).Draw(t, "n")
		w := windowEnd(n)
		for _, up := range rapid.SliceOfN(rapid.Bool(), 1, 30).Draw(t, "up") {
			was := w
			if up {
				w = w.earlier(n)
			} else {
				w = w.later(n)
			}
			if w.lo < 0 || w.hi > n || w.hi-w.lo != min(n, windowRows) {
				t.Fatalf("window %v of %d rows", w, n)
			}
			if n > 0 && min(was.hi, w.hi)-max(was.lo, w.lo) < min(n, windowRows-windowStep) {
				t.Fatalf("from %v to %v nothing stays in sight", was, w)
			}
		}
	})
}
