package main

import "testing"

func TestMemoryIsGivenBackOnceAStormIsOver(t *testing.T) {
	var s storm
	for i, look := range []struct {
		conns int
		over  bool
	}{
		{0, false},
		{100, false},
		{100, false}, // no storm
		{4000, false},
		{8000, false},
		{10_000, false},
		{10_020, true}, // they have come
		{10_020, false},
		{10_010, false},
		{9000, false}, // they go
		{10, false},
		{0, true},
		{0, false},
	} {
		if over := s.over(look.conns); over != look.over {
			t.Errorf("look %d: %d connections: over is %v", i, look.conns, over)
		}
	}
}
