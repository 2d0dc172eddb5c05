package servers_test

import (
	"bufio"
	"errors"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"hallway/test/servers"
)

// patience is the longest time that a test waits for something.
const patience = time.Minute

// greeting returns the first line of a NATS server, or an error if none comes within a time.
func greeting(addr string, within time.Duration) (string, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(within)); err != nil {
		return "", err
	}
	return bufio.NewReader(conn).ReadString('\n')
}

func TestNATSIsStoppedPausedKilledAndStartedAgain(t *testing.T) {
	s := servers.NATS(t)
	greets := func(when string) {
		t.Helper()
		if line, err := greeting(s.Addr, patience); err != nil || !strings.HasPrefix(line, "INFO ") {
			t.Fatalf("%s: %q, %v", when, line, err)
		}
	}
	greets("started")

	s.Pause()
	if line, err := greeting(s.Addr, 300*time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("paused: %q, %v", line, err)
	}
	s.Resume()
	greets("resumed")

	s.Stop()
	if _, err := greeting(s.Addr, patience); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("stopped: %v", err)
	}
	s.Start()
	greets("started again")

	s.Kill()
	if _, err := greeting(s.Addr, patience); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("killed: %v", err)
	}
	s.Start()
	s.Pause()
	s.Kill()
	s.Start()
	greets("started after a kill")
}

// query runs a query with psql and returns its answer, one line.
func query(t *testing.T, url, sql string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "psql", "-XAtd", url, "-c", sql).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestPostgreSQLGivesEachTestADatabaseOfItsOwn(t *testing.T) {
	first, second := servers.PostgreSQL(t), servers.PostgreSQL(t)
	query(t, first, "CREATE TABLE a (n int)")
	if tables := query(t, second, "SELECT count(*) FROM pg_tables WHERE tablename = 'a'"); tables != "0" {
		t.Errorf("the second database has %s tables of the first", tables)
	}
	if fsync := query(t, first, "SHOW fsync"); fsync != "on" {
		t.Errorf("fsync is %s", fsync)
	}
}

func TestPostgreSQLOutlivesAKill(t *testing.T) {
	c := servers.NewCluster(t, "max_connections=17")
	url := c.Database(t)
	query(t, url, "CREATE TABLE a AS SELECT 1 AS n")
	c.Kill()
	c.Start()
	if got := query(t, url, "SELECT n, current_setting('max_connections') FROM a"); got != "1|17" {
		t.Errorf("after a kill: %s", got)
	}
	c.Stop()
	c.Start()

	asked := exec.CommandContext(t.Context(), "psql", "-XAtd", url, "-c", "SELECT n FROM a", "-c", "SELECT pg_sleep(0)")
	c.Pause()
	if err := asked.Start(); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() { answered <- asked.Wait() }()
	select {
	case err := <-answered:
		t.Errorf("a paused server answered: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	c.Resume()
	if err := <-answered; err != nil {
		t.Errorf("after the pause: %v", err)
	}
}

// TestAKilledTestLeavesNothingBehind starts servers in a separate test process and kills it.
func TestAKilledTestLeavesNothingBehind(t *testing.T) {
	if os.Getenv("HALLWAY_SERVERS_VICTIM") != "" {
		s := servers.NATS(t)
		os.Stdout.WriteString("started " + s.Addr + " " + s.Folder + "\n")
		select {}
	}
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	victim.Env = append(os.Environ(), "HALLWAY_SERVERS_VICTIM=1")
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	fields := strings.Fields(line)
	if err != nil || len(fields) != 3 {
		t.Fatalf("%q, %v", line, err)
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait()
	deadline := time.Now().Add(patience)
	for {
		_, greeted := greeting(fields[1], patience)
		_, left := os.Stat(fields[2])
		if greeted != nil && errors.Is(left, os.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still there: server %v, folder %v", greeted, left)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestOutsideEndsWhatItHasStarted(t *testing.T) {
	var addr string
	err := servers.Outside(func(o servers.Test) error {
		addr = servers.NATS(o).Addr
		o.Fatalf("it went %s", "wrong")
		return nil
	})
	if err == nil || err.Error() != "it went wrong" {
		t.Errorf("the error is %v", err)
	}
	if _, err := greeting(addr, patience); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("the server: %v", err)
	}
}
