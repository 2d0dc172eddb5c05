package hub

import (
	"testing"
	"unsafe"
)

// TestSilentConnectionIsSmall bounds the state of a silent connection in one room. The bounds are size classes of Go's
// allocator: one field more costs a whole step.
func TestSilentConnectionIsSmall(t *testing.T) {
	for _, c := range []struct {
		name       string
		size, most uintptr
	}{
		{"Session", unsafe.Sizeof(Session{}), 160},
		{"user", unsafe.Sizeof(user{}), 48},
		{"presence", unsafe.Sizeof(presence{}), 64},
		{"member", unsafe.Sizeof(member{}), 64},
	} {
		if c.size > c.most {
			t.Errorf("a %s has %d bytes, want at most %d", c.name, c.size, c.most)
		}
	}
}
