package servers

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// NATS starts a NATS server, with lines of its configuration file besides those of its address.
func NATS(t Test, settings ...string) *Server {
	t.Helper()
	program := installed(t, "nats")
	s := newServer(t, "nats", nil)
	t.Cleanup(s.close)
	config := filepath.Join(s.Folder, "nats.conf")
	text := "listen: " + s.Addr + "\n" + strings.Join(settings, "\n") + "\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.command = []string{program, "-c", config}
	s.goodbye, s.leave = syscall.SIGTERM, syscall.SIGKILL
	s.Start()
	return s
}
