package server

import (
	"net"
	"testing"
)

// TestHalvesAreBounded: of requests that are not whole no more than so many bytes are
// held; the oldest of the address that has the most gives way, and nobody of another.
func TestHalvesAreBounded(t *testing.T) {
	const most, each = 1 << 20, 16 << 10
	cuts := 0
	h := newHalves(most, func(string) { cuts++ })
	var all []*httpConn
	begin := func(address, bytes int) *httpConn {
		here, there := net.Pipe()
		t.Cleanup(func() { here.Close() })
		c := &httpConn{Conn: there, addr: askerOf(0, address).addr}
		all = append(all, c)
		h.charge(c, bytes/2)
		h.charge(c, bytes)
		return c
	}
	var few []*httpConn
	for i := range 10 {
		few = append(few, begin(i, each))
	}
	for range 1000 {
		begin(100, each)
	}
	if h.bytes > most || cuts != 1010-most/each {
		t.Errorf("%d bytes are held, %d were cut", h.bytes, cuts)
	}
	for i, c := range few {
		if c.half.over {
			t.Errorf("the one of address %d has given way", i)
		}
	}
	if !all[10].half.over || all[len(all)-1].half.over {
		t.Error("not the oldest have given way")
	}
	if _, err := all[10].Write([]byte("x")); err == nil {
		t.Error("one that has given way is still there")
	}
	for _, c := range all {
		h.release(c)
		h.charge(c, each) // nothing comes of that
	}
	if h.bytes != 0 || len(h.addresses) != 0 {
		t.Errorf("left: %+v", h)
	}
}
