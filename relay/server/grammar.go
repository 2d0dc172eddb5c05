package server

import (
	"net/netip"
	"strings"
)

// isToken reports whether a byte may occur in a method or a field's name.
func isToken(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c != 0 && strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// validHost reports whether a Host is valid: a name or an address, and perhaps a port.
func validHost(host string) bool {
	if inside, ok := strings.CutPrefix(host, "["); ok {
		address, port, closed := strings.Cut(inside, "]")
		ip, err := netip.ParseAddr(address)
		return closed && err == nil && ip.Is6() && ip.Zone() == "" && (port == "" || port[0] == ':' && validPort(port[1:]))
	}
	name, port, _ := strings.Cut(host, ":")
	for i := range len(name) {
		if c := name[i]; !isToken(c) && strings.IndexByte("(),;=", c) < 0 || strings.IndexByte("#^`|", c) >= 0 {
			return false
		}
	}
	return name != "" && validPort(port)
}

func validPort(port string) bool {
	return len(port) <= len("65535") && strings.Trim(port, "0123456789") == ""
}

// unless returns "" if all is well, otherwise the reason.
func unless(well bool, reason string) string {
	if well {
		return ""
	}
	return reason
}
