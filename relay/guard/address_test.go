package guard

import (
	"net/netip"
	"testing"
	"time"
)

// TestAddressesAreForgotten checks that the address unseen for the longest time is replaced.
func TestAddressesAreForgotten(t *testing.T) {
	a := NewAddresses(AddressLimits{RequestsPerSecond: 1})
	now := time.Unix(1_800_000_000, 0)
	of := func(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}) }
	spent := func(n int) bool {
		for range requestsBurst {
			if a.Request(now, of(n)) > 0 {
				return true
			}
		}
		return false
	}
	for n := range AddressesMax {
		spent(n)
	}
	spent(0) // it is seen again
	spent(AddressesMax)
	if len(a.known) != AddressesMax || a.order.Len() != AddressesMax {
		t.Errorf("%d, %d addresses are known", len(a.known), a.order.Len())
	}
	if !spent(0) || spent(1) {
		t.Error("another was forgotten than the longest unseen")
	}
}
