package servers

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// PgBouncer starts a PgBouncer in front of all databases of a cluster. mode is "session" or "transaction".
func PgBouncer(t Test, c *Cluster, mode string) *Server {
	t.Helper()
	program := installed(t, "pgbouncer")
	s := newServer(t, "pgbouncer", databaseUser(t))
	t.Cleanup(s.close)
	host, port, _ := strings.Cut(s.Addr, ":")
	config := filepath.Join(s.Folder, "pgbouncer.ini")
	text := fmt.Sprintf(`[databases]
* = host=127.0.0.1 port=%s user=hallway
[pgbouncer]
listen_addr = %s
listen_port = %s
unix_socket_dir =
auth_type = any
pool_mode = %s
ignore_startup_parameters = extra_float_digits
default_pool_size = 50
`, c.Port(), host, port, mode)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s.command = []string{program, config}
	s.goodbye, s.leave = syscall.SIGINT, syscall.SIGTERM
	s.Start()
	return s
}

// Through returns a database's URL by way of another address, as a PgBouncer's.
func Through(s *Server, c *Cluster, url string) string {
	return strings.Replace(url, c.Addr, s.Addr, 1)
}
