package main

import (
	"errors"
	"fmt"
	"net/netip"

	"hallway/relay/guard"
	"hallway/relay/server"
)

// addressFlags limit the requests of one address, and name the trusted proxies.
type addressFlags struct {
	TrustedProxy      []string `env:"HALLWAY_TRUSTED_PROXIES" placeholder:"CIDR" help:"Network of a proxy, as 10.0.0.0/8 or 127.0.0.1, whose X-Forwarded-For and X-Forwarded-Proto count; may be repeated or separated by commas."`
	RequestsPerSecond int      `name:"requests-per-second-address" default:"2000" env:"HALLWAY_REQUESTS_PER_SECOND_ADDRESS" help:"REST requests a second of an address, with a burst of four times that; 0 is no limit."`
	BadTokens         int      `name:"bad-tokens-per-minute-address" default:"100" env:"HALLWAY_BAD_TOKENS_PER_MINUTE_ADDRESS" help:"Bad tokens a minute of an address, before its bad tokens have to wait; 0 is no limit."`
}

// addresses checks the flags and returns the limits and the proxies.
func (f *addressFlags) addresses() (*guard.Addresses, server.Proxies, error) {
	if f.RequestsPerSecond < 0 {
		return nil, nil, errors.New("--requests-per-second-address must be 0 or above")
	}
	if f.BadTokens < 0 {
		return nil, nil, errors.New("--bad-tokens-per-minute-address must be 0 or above")
	}
	var trusted server.Proxies
	limits := guard.AddressLimits{RequestsPerSecond: f.RequestsPerSecond, BadTokensPerMinute: f.BadTokens}
	for _, entry := range f.TrustedProxy {
		p, err := netip.ParsePrefix(entry)
		if addr, bad := netip.ParseAddr(entry); bad == nil {
			p, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, nil, fmt.Errorf("--trusted-proxy: %q is not a network such as 10.0.0.0/8 or 127.0.0.1", entry)
		}
		trusted = append(trusted, p.Masked())
	}
	return guard.NewAddresses(limits), trusted, nil
}
