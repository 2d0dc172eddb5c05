package relaytest

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// secret signs the tokens of the tests.
const secret = "a secret of the tests, 32 bytes or more"

// Relay is a relay on an address and a database that outlive its kills.
type Relay struct {
	Addr     string
	Database string

	t       *testing.T
	program string
	flags   []string
	process *exec.Cmd     // nil while it is down
	silent  chan struct{} // closed when nothing holds the process's standard error any more
}

// Start starts the relay that Main built, with flags of `hallway serve` besides those of its address and database.
// The test's end kills it.
func Start(t *testing.T, flags ...string) *Relay {
	t.Helper()
	return StartProgram(t, program, flags...)
}

// StartProgram starts another build of the relay.
func StartProgram(t *testing.T, program string, flags ...string) *Relay {
	t.Helper()
	return startOn(t, program, filepath.Join(t.TempDir(), "hallway.db"), flags)
}

// StartOn is Start on a database that other relays may also use.
func StartOn(t *testing.T, database string, flags ...string) *Relay {
	t.Helper()
	return startOn(t, program, database, flags)
}

func startOn(t *testing.T, program, database string, flags []string) *Relay {
	t.Helper()
	addr, err := FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	r := &Relay{t: t, Addr: addr, Database: database, program: program, flags: flags}
	t.Cleanup(func() {
		if r.Running() {
			r.Kill()
		}
	})
	r.Start()
	return r
}

// URL returns the address for clients.
func (r *Relay) URL() string { return "http://" + r.Addr }

// Running reports whether the relay was started and has not been killed since.
func (r *Relay) Running() bool { return r.process != nil }

// Start starts a killed relay again. It returns when the relay listens.
func (r *Relay) Start() {
	r.t.Helper()
	process := exec.Command(r.program, append([]string{"serve", "--addr", r.Addr, "--db", r.Database}, r.flags...)...)
	process.Env = append(os.Environ(), "HALLWAY_JWT_SECRET="+secret)
	log, err := process.StderrPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.process = process
	lines, said := bufio.NewReader(log), ""
	for {
		line, err := lines.ReadString('\n')
		said += line
		if err != nil {
			r.t.Fatalf("the relay does not start: %s", said)
		}
		var entry struct{ Msg string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "listening" {
			break
		}
	}
	silent := make(chan struct{})
	r.silent = silent
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		close(silent)
	}()
}

// Kill ends the relay at once. It returns when also the processes have ended that a stand-in for the relay has started; they hold its
// standard error.
func (r *Relay) Kill() {
	r.t.Helper()
	// A drained relay may have ended already.
	_ = r.process.Process.Kill()
	<-r.silent
	_ = r.process.Wait()
	r.process = nil
}

// Pause stops the relay's process until Resume, like a machine that swaps or is suspended.
func (r *Relay) Pause() { r.signal(syscall.SIGSTOP) }

// Resume ends a Pause.
func (r *Relay) Resume() { r.signal(syscall.SIGCONT) }

func (r *Relay) signal(s syscall.Signal) {
	r.t.Helper()
	if err := r.process.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}

// Drain tells the relay to end in an orderly way.
func (r *Relay) Drain() {
	r.t.Helper()
	r.signal(syscall.SIGTERM)
}

// Token returns a token with those claims that are not empty. The token is valid for an hour.
func Token(t *testing.T, claims map[string]any) string {
	t.Helper()
	for name, value := range claims {
		if value == "" {
			delete(claims, name)
		}
	}
	claims["exp"] = time.Now().Add(time.Hour).Unix()
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(claims)).SignedString([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}
