package servers

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// HAProxy starts an HAProxy that gives each connection to the next backend that is up. The settings are lines of its
// section "listen", as "option httpchk GET /readyz"; by default a backend is up while it takes connections.
func HAProxy(t Test, backends []string, settings ...string) *Server {
	t.Helper()
	return HAProxyOn(t, "", backends, settings...)
}

// HAProxyOn is HAProxy on a given address; "": on a free one.
func HAProxyOn(t Test, addr string, backends []string, settings ...string) *Server {
	t.Helper()
	program := installed(t, "haproxy")
	s := newServer(t, "haproxy", nil)
	t.Cleanup(s.close)
	if addr != "" {
		s.Addr, s.ready = addr, func() bool { return answers(addr) }
	}
	var config strings.Builder
	fmt.Fprintf(&config, `defaults
  mode tcp
  timeout connect 1s
  timeout client 1h
  timeout server 1h
  timeout check 1s
  option redispatch 1
listen backends
  bind %s
  balance roundrobin
  %s
`, s.Addr, strings.Join(settings, "\n  "))
	for i, addr := range backends {
		// inter also bounds the time in which a check must connect. With a shorter time, HAProxy would remove working backends on a busy machine.
		fmt.Fprintf(&config, "  server backend%d %s check inter 1s fastinter 100ms downinter 100ms rise 1 fall 3\n", i+1, addr)
	}
	path := filepath.Join(s.Folder, "haproxy.cfg")
	if err := os.WriteFile(path, []byte(config.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	s.command = []string{program, "-db", "-f", path}
	s.goodbye, s.leave = syscall.SIGUSR1, syscall.SIGTERM
	s.Start()
	return s
}
