package engine

import (
	"testing"
	"unsafe"
)

// TestSilentConnectionIsSmall bounds the state of a silent connection. The bound is a size class of Go's allocator: one
// field more costs a whole step.
func TestSilentConnectionIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(link{}); size > 64 {
		t.Errorf("a link has %d bytes, want at most 64", size)
	}
}
