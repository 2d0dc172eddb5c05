// Command cluster runs a whole cluster on this machine: PostgreSQL, NATS, some relays with the demo, and HAProxy, which gives
// each connection to the next relay. Each server has a temporary folder, and all servers end with the command.
//
// The servers come from package servers. The main type is cluster; a new kind of server starts in [cluster.run]. The command
// must not know the relay's packages.
package main

import (
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"hallway/test/servers"
)

func main() {
	c := &cluster{}
	flag.IntVar(&c.port, "port", 8080, "the balancer's `port`; 0 takes a free one")
	flag.IntVar(&c.relays, "relays", 3, "the `number` of relays")
	flag.StringVar(&c.program, "program", "bin/hallway", "the relay's `program`")
	flag.Parse()
	if err := c.check(); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(2)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	// Every relay must accept the tokens of the others.
	if os.Getenv("HALLWAY_JWT_SECRET") == "" {
		os.Setenv("HALLWAY_JWT_SECRET", rand.Text()+rand.Text())
	}
	if err := servers.Outside(func(t servers.Test) error { return c.run(t, signals) }); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

// whileReady holds the settings by which HAProxy leaves out relays that drain or cannot write.
var whileReady = []string{"option httpchk", "http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host localhost"}

// cluster starts and ends the servers.
type cluster struct {
	port, relays int
	program      string
}

// check returns what is wrong with the flags.
func (c *cluster) check() error {
	switch {
	case flag.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flag.Arg(0))
	case c.port < 0 || c.port > 65535:
		return errors.New("-port must be 0 to 65535")
	case c.relays < 1 || c.relays > 20:
		return errors.New("-relays must be 1 to 20")
	}
	if _, err := os.Stat(c.program); err != nil {
		return fmt.Errorf("-program: %w; `make build` makes it", err)
	}
	var err error
	c.program, err = filepath.Abs(c.program) // the relays run in other folders
	return err
}

// run runs the cluster until a signal comes.
func (c *cluster) run(t servers.Test, signals <-chan os.Signal) error {
	say("Starting PostgreSQL and NATS.")
	database := servers.NewCluster(t)
	url := database.Database(t)
	nats := servers.NATS(t)
	say("PostgreSQL  %s  process %d", url, database.PID())
	say("NATS        nats://%s  process %d", nats.Addr, nats.PID())

	ended := make(chan string, c.relays)
	var addrs []string
	for i := range c.relays {
		name := "relay " + strconv.Itoa(i+1)
		relay := servers.Program(t, "relay", func(addr string) []string {
			return []string{c.program, "serve", "--demo", "--addr", addr, "--db", url, "--nats", "nats://" + nats.Addr}
		}, ready)
		say("%-11s http://%s  process %d, log %s/log", name, relay.Addr, relay.PID(), relay.Folder)
		addrs = append(addrs, relay.Addr)
		go func() {
			<-relay.Ended()
			ended <- name
		}()
	}
	addr := ""
	if c.port != 0 {
		addr = "127.0.0.1:" + strconv.Itoa(c.port)
	}
	balancer := servers.HAProxyOn(t, addr, addrs, whileReady...)
	say("HAProxy     http://%s  process %d", balancer.Addr, balancer.PID())
	say("Kill or stop what you like (kill -KILL, kill -STOP); Ctrl-C ends everything.")
	fmt.Println("Hallway demo: http://" + balancer.Addr)
	for {
		select {
		case name := <-ended:
			say("%s has ended", name)
		case <-signals:
			say("Ending.")
			return nil
		}
	}
}

// ready reports whether a relay serves.
func ready(addr string) bool {
	answer, err := http.Get("http://" + addr + "/readyz")
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
