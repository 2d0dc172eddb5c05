package conn

import (
	"slices"
	"testing"

	"hallway/protocol"
)

// TestWhoGivesWay: the oldest of the crowd that holds more than its share, whatever comes
// in whichever order.
func TestWhoGivesWay(t *testing.T) {
	type holds struct {
		admitted bool
		bytes    int
	}
	for name, c := range map[string]struct {
		holds []holds
		cut   []int // which of them
	}{
		"within":                     {[]holds{{false, 100}, {true, 300}}, nil},
		"strangers alone":            {[]holds{{false, 300}, {false, 100}, {false, 100}}, []int{0}},
		"members alone":              {[]holds{{true, 300}, {true, 100}, {true, 100}}, []int{0}},
		"strangers beyond a share":   {[]holds{{true, 300}, {false, 90}, {false, 50}}, []int{1}},
		"strangers within a share":   {[]holds{{true, 200}, {true, 150}, {false, 60}}, []int{0}},
		"several":                    {[]holds{{false, 100}, {false, 100}, {false, 100}, {false, 350}}, []int{0, 1, 2}},
		"the one that comes itself":  {[]holds{{false, 500}}, []int{0}},
		"one that has gone does not": {[]holds{{true, 300}, {true, 0}, {true, 90}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := &halves{most: 400}
			var cut []int
			all := make([]half, len(c.holds))
			for i, holds := range c.holds {
				all[i].halves = h
				all[i].cut = func(code protocol.CloseCode, _ string) {
					if code != protocol.CloseTimeout {
						t.Errorf("closed with %d", code)
					}
					cut = append(cut, i)
				}
				all[i].known.Store(holds.admitted)
				all[i].charge(holds.bytes / 2)
				all[i].charge(holds.bytes)
			}
			if !slices.Equal(cut, c.cut) {
				t.Errorf("%v give way, want %v", cut, c.cut)
			}
			for i := range all {
				all[i].charge(0)
			}
			if h.bytes+h.strange+h.strangers.Len()+h.admitted.Len() != 0 {
				t.Errorf("left: %+v", h)
			}
		})
	}
}
