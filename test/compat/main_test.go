// Package compat_test holds today's relay and component against what other versions say: the released protocol behaviour,
// recorded word by word, and versions of the future, which add what nobody here knows.
package compat_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	secret = "a secret of the tests, 32 bytes or more"
	// patience bounds every wait; no wait comes near it.
	patience = time.Minute
)

// relayProgram is the built relay.
var relayProgram string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	folder, err := os.MkdirTemp("", "hallway-compat-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	relayProgram = filepath.Join(folder, "hallway")
	if out, err := exec.Command("go", "build", "-o", relayProgram, "hallway/relay").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// relay is a relay in a process of its own.
type relay struct {
	t       *testing.T
	addr    string
	process *exec.Cmd
}

// startRelay returns when the relay listens.
func startRelay(t *testing.T, program string, flags ...string) *relay {
	t.Helper()
	args := []string{"serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(t.TempDir(), "hallway.db")}
	r := &relay{t: t, process: exec.Command(program, append(args, flags...)...)}
	r.process.Env = append(os.Environ(), "HALLWAY_JWT_SECRET="+secret)
	log, err := r.process.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = r.process.Process.Kill()
		_ = r.process.Wait()
	})
	lines := bufio.NewReader(log)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the relay does not start: %s", line)
		}
		var entry struct{ Msg, Addr string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "listening" {
			r.addr = entry.Addr
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return r
}

// drain asks the relay to end in good order.
func (r *relay) drain() {
	r.t.Helper()
	if err := r.process.Process.Signal(syscall.SIGTERM); err != nil {
		r.t.Fatal(err)
	}
}

// token signs claims, and lets them last long enough.
func token(t *testing.T, claims map[string]any) string {
	t.Helper()
	claims["exp"] = time.Now().Add(time.Hour).Unix()
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(claims)).SignedString([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}
