package guard

import (
	"net/netip"
	"slices"
	"testing"
)

// TestHalvesAreBounded checks that the bytes of incomplete requests are bounded: the oldest request of the heaviest
// address is cut, and none of another address.
func TestHalvesAreBounded(t *testing.T) {
	const most, each = 1 << 20, 16 << 10
	cuts := 0
	h := NewHalves[netip.Addr](most)
	type conn struct {
		half Half[netip.Addr]
		addr netip.Addr
		cut  bool
	}
	var all []*conn
	begin := func(address, bytes int) *conn {
		c := &conn{addr: callerOf(0, address).Addr}
		c.half = NewHalf[netip.Addr](func() { c.cut = true })
		all = append(all, c)
		cuts += h.Charge(&c.half, c.addr, bytes/2)
		cuts += h.Charge(&c.half, c.addr, bytes)
		return c
	}
	var few []*conn
	for i := range 10 {
		few = append(few, begin(i, each))
	}
	for range 1000 {
		begin(100, each)
	}
	if h.Bytes() > most || cuts != 1010-most/each {
		t.Errorf("%d bytes are held, %d were cut", h.Bytes(), cuts)
	}
	for i, c := range few {
		if c.cut {
			t.Errorf("the one of address %d has given way", i)
		}
	}
	if !all[10].cut || all[len(all)-1].cut {
		t.Error("not the oldest have given way")
	}
	for _, c := range all {
		h.Release(&c.half)
		h.Charge(&c.half, c.addr, each+1) // it has no effect
	}
	if h.Bytes() != 0 || len(h.groups) != 0 {
		t.Errorf("left: %+v", h)
	}
}

// TestHalvesOfClients checks that the oldest of the group above its share is cut, in any order of arrival.
func TestHalvesOfClients(t *testing.T) {
	type holds struct {
		welcomed bool
		bytes    int
	}
	for name, c := range map[string]struct {
		holds []holds
		cut   []int // the cut ones
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
			h := NewHalvesOfClients(400)
			var cut []int
			all := make([]Half[bool], len(c.holds))
			for i, holds := range c.holds {
				all[i] = NewHalf[bool](func() { cut = append(cut, i) })
				h.Charge(&all[i], holds.welcomed, holds.bytes/2)
				h.Charge(&all[i], holds.welcomed, holds.bytes)
			}
			if !slices.Equal(cut, c.cut) {
				t.Errorf("%v give way, want %v", cut, c.cut)
			}
			for i := range all {
				h.Charge(&all[i], c.holds[i].welcomed, 0)
			}
			if h.Bytes()+len(h.groups) != 0 {
				t.Errorf("left: %+v", h)
			}
		})
	}
}
