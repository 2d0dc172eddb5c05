package relaytest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// program is the path of the relay that Main built.
var program string

// Program returns the path of the relay that Main built, for its other commands.
func Program() string { return program }

// Main builds the relay, runs the tests and returns their exit code. HALLWAY_PROGRAM names another program to run in place of the relay.
func Main(m *testing.M) int {
	if program = os.Getenv("HALLWAY_PROGRAM"); program != "" {
		return m.Run()
	}
	folder, err := os.MkdirTemp("", "hallway-relay-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	program, err = Build(folder)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// Build builds the relay in a folder and returns the path of the program.
func Build(folder string) (program string, err error) {
	program = filepath.Join(folder, "hallway")
	if out, err := exec.Command("go", "build", "-o", program, "hallway/relay").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
}

// FreeAddr returns an unused loopback address. Its port is below the range of outgoing connections:
// a client that dials while the relay is down could otherwise be given that very port, and connect to itself.
func FreeAddr() (string, error) {
	for range 100 {
		listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(20000+rand.IntN(10000))))
		if err == nil {
			addr := listener.Addr().String()
			return addr, listener.Close()
		}
	}
	return "", errors.New("no port is free")
}

// StandsIn reports whether another program stands in for the relay.
func StandsIn() bool { return os.Getenv("HALLWAY_PROGRAM") != "" }
