package servers

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// Cluster is a PostgreSQL server with any number of databases. It trusts everybody on loopback; the superuser is "hallway".
type Cluster struct {
	*Server

	programs string // the folder of PostgreSQL's programs
	archive  string // the folder of the archived log; "": none is kept
	made     atomic.Int64
}

// shared and scratch are the clusters of [PostgreSQL] and [Scratch], which end with the test process.
var shared, scratch common

// common is a cluster that all tests of this process share.
type common struct {
	sync.Mutex
	cluster *Cluster
}

// PostgreSQL returns the URL of a new, empty database in a cluster that all tests of this process share. The database ends
// with the test. A test that stops the server, or wants settings, takes a [NewCluster].
func PostgreSQL(t Test) string {
	t.Helper()
	return shared.database(t)
}

// Scratch is like PostgreSQL, on a server that never waits for the disk (fsync=off), for tests that kill nothing. It creates and drops
// databases much faster. A relay refuses them.
func Scratch(t Test) string {
	t.Helper()
	return scratch.database(t, "fsync=off", "full_page_writes=off", "synchronous_commit=off")
}

// database returns the URL of a new database, on a cluster with those settings.
func (c *common) database(t Test, settings ...string) string {
	t.Helper()
	c.Lock()
	defer c.Unlock()
	if c.cluster == nil {
		c.cluster = startCluster(t, settings)
	}
	cluster := c.cluster
	name := cluster.create(t)
	t.Cleanup(func() { cluster.client(t, "dropdb", "--force", name) })
	return cluster.URL(name)
}

// NewCluster starts a cluster for one test, with settings as in postgresql.conf: "max_connections=20". fsync stays on.
func NewCluster(t Test, settings ...string) *Cluster {
	t.Helper()
	c := startCluster(t, settings)
	t.Cleanup(c.close)
	return c
}

// startCluster makes a cluster and starts it.
func startCluster(t Test, settings []string) *Cluster {
	t.Helper()
	c := newCluster(t)
	data := c.data()
	// This database sorts names by the rules of a language, so a store that needs the order of bytes must request it.
	c.run(t, "initdb", "--pgdata", data, "--username", "hallway", "--auth", "trust", "--no-sync",
		"--encoding", "UTF8", "--locale", "C", "--locale-provider", "icu", "--icu-locale", "en")
	c.serve(settings)
	return c
}

// newCluster returns a cluster without files.
func newCluster(t Test) *Cluster {
	t.Helper()
	return &Cluster{programs: installed(t, "postgresql"), Server: newServer(t, "postgresql", databaseUser(t))}
}

// data returns the folder of the server's files.
func (c *Cluster) data() string { return filepath.Join(c.Folder, "data") }

// serve starts the server on its files.
func (c *Cluster) serve(settings []string) {
	data := c.data()
	// The socket's path must be short; the path of the server's folder is.
	c.command = []string{filepath.Join(c.programs, "postgres"), "-D", data, "-p", c.Port(), "-k", c.Folder, "-h", "127.0.0.1"}
	for _, setting := range settings {
		c.command = append(c.command, "-c", setting)
	}
	c.goodbye = syscall.SIGINT // a "fast" shutdown: the server ends its sessions and writes a checkpoint
	c.leave = syscall.SIGQUIT  // an "immediate" shutdown, because nobody reads the files afterwards
	c.ready = func() bool { return c.accepts(data) }
	c.Start()
}

// accepts reports whether the server takes sessions. The server says so in its file postmaster.pid.
func (c *Cluster) accepts(data string) bool {
	state, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	lines := strings.Split(string(state), "\n")
	return err == nil && len(lines) > 7 && lines[0] == strconv.Itoa(c.PID()) && strings.TrimSpace(lines[7]) == "ready"
}

// Database makes an empty database and returns its URL.
func (c *Cluster) Database(t Test) string {
	t.Helper()
	return c.URL(c.create(t))
}

// create makes an empty database and returns its name.
func (c *Cluster) create(t Test) string {
	t.Helper()
	name := "t" + strconv.FormatInt(c.made.Add(1), 10)
	c.client(t, "createdb", "--template", "template0", name)
	return name
}

// client runs a client program of PostgreSQL against the server.
func (c *Cluster) client(t Test, program string, args ...string) {
	t.Helper()
	c.run(t, program, append([]string{"--host", c.Folder, "--port", c.Port(), "--username", "hallway"}, args...)...)
}

// URL returns the URL of a database of the cluster, over TCP.
func (c *Cluster) URL(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("hallway"), Host: c.Addr, Path: database, RawQuery: "sslmode=disable"}
	return u.String()
}

// run runs one of PostgreSQL's programs to its end, as the server's user.
func (c *Cluster) run(t Test, program string, args ...string) {
	t.Helper()
	run := exec.Command(filepath.Join(c.programs, program), args...)
	run.Dir = c.Folder
	run.SysProcAttr = &syscall.SysProcAttr{Credential: c.user}
	run.Env = append(os.Environ(), "LC_ALL=C")
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// databaseUser returns the user for PostgreSQL, which refuses to run as root; nil: the user of the tests.
func databaseUser(t Test) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	var err error
	for _, name := range []string{"postgres", "nobody"} {
		var u *user.User
		if u, err = user.Lookup(name); err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	t.Fatal(fmt.Errorf("PostgreSQL does not run as root, and there is no other user for it: %w", err))
	return nil
}
