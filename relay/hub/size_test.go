package hub

import (
	"slices"
	"testing"
	"unsafe"

	"hallway/relay/guard"
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

// Silent reports whether a session has no memory for what only active connections do: whether it and its rooms are made
// of nothing but the types of TestSilentConnectionIsSmall.
func Silent(s *Session) bool {
	if s.extra != nil || s.frames != (guard.Bucket{}) || s.user.messages != (guard.Bucket{}) {
		return false
	}
	return !slices.ContainsFunc(s.members, func(m *member) bool {
		return m.sends != nil || m.e2ee != nil || m.presence.extra != nil
	})
}
