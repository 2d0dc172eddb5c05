package main

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"hallway/relay/server"
)

// origins returns the pages that may connect, and the relay's own origins; nil if not configured.
func (s *serveCommand) origins() (allowed, own server.Origins, err error) {
	if allowed, err = server.ParseOrigins(s.AllowOrigin); err != nil {
		return nil, nil, fmt.Errorf("--allow-origin: %w", err)
	}
	if own, err = server.ParseHosts(s.Host); err != nil {
		return nil, nil, fmt.Errorf("--host: %w", err)
	}
	if len(own) == 0 {
		own = nil
	}
	return allowed, own, nil
}

// metricsOff is the value of --metrics-addr that switches the metrics off.
const metricsOff = "off"

// listenForScrapes listens on the address of the metrics; nil if they have none.
func (s *serveCommand) listenForScrapes() (net.Listener, error) {
	where := s.MetricsAddr
	switch port := strings.TrimPrefix(where, ":"); {
	case where == "" || where == metricsOff:
		return nil, nil
	case strings.Trim(port, "0123456789") == "":
		where = net.JoinHostPort("127.0.0.1", port)
	}
	_, port, err := net.SplitHostPort(where)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return nil, fmt.Errorf("--metrics-addr: %q is not an address such as 127.0.0.1:9090 or 9090, nor off", s.MetricsAddr)
	}
	addr, err := net.ResolveTCPAddr("tcp", where)
	if err != nil {
		return nil, fmt.Errorf("--metrics-addr: %w", err)
	}
	return listen("--metrics-addr", addr)
}
