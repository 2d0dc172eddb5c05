package main

import (
	"errors"
	"fmt"
	"net/netip"

	"hallway/relay/server"
)

// addressFlags bound what one address may ask for, and say whose word on addresses
// counts.
type addressFlags struct {
	TrustedProxy      []string `env:"HALLWAY_TRUSTED_PROXIES" placeholder:"CIDR" help:"Network of a proxy, as 10.0.0.0/8 or 127.0.0.1: its X-Forwarded-For says who asks, its X-Forwarded-Proto by which scheme; may be repeated or separated by commas."`
	RequestsPerSecond int      `name:"requests-per-second-address" default:"2000" env:"HALLWAY_REQUESTS_PER_SECOND_ADDRESS" help:"Requests a second that an address may make over REST, with a burst of four times that; 0 is no limit."`
	BadTokens         int      `name:"bad-tokens-per-minute-address" default:"100" env:"HALLWAY_BAD_TOKENS_PER_MINUTE_ADDRESS" help:"Bad tokens a minute that an address may show before it has to wait; 0 is no limit."`
}

// addresses are the limits, checked.
func (f *addressFlags) addresses() (*server.Addresses, error) {
	if f.RequestsPerSecond < 0 {
		return nil, errors.New("--requests-per-second-address must be 0 or above")
	}
	if f.BadTokens < 0 {
		return nil, errors.New("--bad-tokens-per-minute-address must be 0 or above")
	}
	limits := server.AddressLimits{RequestsPerSecond: f.RequestsPerSecond, BadTokensPerMinute: f.BadTokens}
	for _, entry := range f.TrustedProxy {
		p, err := netip.ParsePrefix(entry)
		if addr, bad := netip.ParseAddr(entry); bad == nil {
			p, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxy: %q is no network: one looks like 10.0.0.0/8 or 127.0.0.1", entry)
		}
		limits.Proxies = append(limits.Proxies, p.Masked())
	}
	return server.NewAddresses(limits), nil
}
