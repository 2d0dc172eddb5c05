// Package netip stands in for the standard net/netip, which net/url uses to check an address in brackets. It
// accepts any text with the characters of an IPv6 address, because the browser checks the address later.
package netip

import (
	"errors"
	"strings"
)

// Addr is an address that may be invalid.
type Addr struct{ text string }

// ParseAddr refuses a text that cannot be an IPv6 address.
func ParseAddr(s string) (Addr, error) {
	address, _, _ := strings.Cut(s, "%") // the zone may be anything
	if !strings.Contains(address, ":") || strings.Trim(address, "0123456789abcdefABCDEF:.") != "" {
		return Addr{}, errors.New("not an IPv6 address: " + s)
	}
	return Addr{s}, nil
}

// Is4 is false: only IPv6 addresses are parsed.
func (Addr) Is4() bool { return false }

// Is6 is true: only IPv6 addresses are parsed.
func (Addr) Is6() bool { return true }
