package system

import "testing"

func TestMemoryIsReturnedAfterARush(t *testing.T) {
	var r rush
	for i, count := range []struct {
		conns int
		over  bool
	}{
		{0, false},
		{100, false},
		{100, false}, // no rush
		{4000, false},
		{8000, false},
		{10_000, false},
		{10_020, true}, // a rush of new connections has ended
		{10_020, false},
		{10_010, false},
		{9000, false}, // they end
		{10, false},
		{0, true},
		{0, false},
	} {
		if over := r.over(count.conns); over != count.over {
			t.Errorf("count %d: %d connections: over is %v", i, count.conns, over)
		}
	}
}
