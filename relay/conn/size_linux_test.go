package conn

import (
	"testing"
	"unsafe"
)

// TestSilentConnectionIsSmall bounds the state of a silent connection. The bound is a size class of Go's allocator: one
// field more costs a whole step.
func TestSilentConnectionIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(epollConn{}); size > 96 {
		t.Errorf("an epollConn has %d bytes, want at most 96", size)
	}
}
