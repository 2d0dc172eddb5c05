package servers

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"hallway/test/relaytest"
)

const (
	// startTimeout bounds a start, a recovery of the database included.
	startTimeout = time.Minute
	// stopTimeout bounds an orderly stop.
	stopTimeout = 20 * time.Second
	// pollEvery is the time between two checks of a server that starts.
	pollEvery = 5 * time.Millisecond
)

// Test holds the methods of a test that a server uses. A *testing.T is one; see Outside for other programs.
type Test interface {
	Helper()
	Fatal(args ...any) // does not return
	Fatalf(format string, args ...any)
	Error(args ...any)
	Cleanup(func())
}

// Server is a server process. Its address and its folder stay the same when it is stopped, killed and started again. Only one goroutine at a time may call
// its methods.
type Server struct {
	// Addr is the address that the server listens on, as "127.0.0.1:23456".
	Addr string
	// Folder holds the server's files.
	Folder string

	t       Test
	command []string
	user    *syscall.Credential // nil: the user of the tests
	ready   func() bool         // whether the running server answers
	goodbye syscall.Signal      // ends the server in an orderly way
	leave   syscall.Signal      // ends the server without waiting for its clients

	process *exec.Cmd     // nil while the server is down
	ended   chan struct{} // closed when the process has ended
	keeper  *keeper
}

// Program starts another program as a server. command returns the command for an address, and ready reports whether the
// program serves there. SIGTERM ends the program.
func Program(t Test, kind string, command func(addr string) []string, ready func(addr string) bool) *Server {
	t.Helper()
	s := newServer(t, kind, nil)
	t.Cleanup(s.close)
	s.command, s.ready = command(s.Addr), func() bool { return ready(s.Addr) }
	s.Start()
	return s
}

// Ended returns a channel that is closed when the running server ends, for any reason.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// newServer returns a server that is not started, with a free address and a folder that its user owns.
func newServer(t Test, kind string, user *syscall.Credential) *Server {
	t.Helper()
	addr, err := relaytest.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "hallway-"+kind+"-")
	if err != nil {
		t.Fatal(err)
	}
	if user != nil {
		if err := os.Chown(folder, int(user.Uid), int(user.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	return &Server{
		Addr: addr, Folder: folder,
		t: t, user: user, ready: func() bool { return answers(addr) }, goodbye: syscall.SIGTERM, leave: syscall.SIGTERM,
	}
}

// answers reports whether something listens on an address.
func answers(addr string) bool {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// Port returns the port of the server's address.
func (s *Server) Port() string {
	_, port, _ := net.SplitHostPort(s.Addr)
	return port
}

// PID returns the process id of the running server.
func (s *Server) PID() int { return s.process.Process.Pid }

// Start starts a stopped or killed server again. It returns when the server answers.
func (s *Server) Start() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) start() error {
	if s.process != nil {
		return errors.New("the server runs already")
	}
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	process := exec.Command(s.command[0], s.command[1:]...)
	process.Dir, process.Stdout, process.Stderr = s.Folder, log, log
	process.Env = append(os.Environ(), "LC_ALL=C")
	// A separate process group keeps the terminal's signals away from it.
	process.SysProcAttr = &syscall.SysProcAttr{Credential: s.user, Setpgid: true}
	if err := process.Start(); err != nil {
		return err
	}
	s.process, s.ended = process, make(chan struct{})
	ended := s.ended
	go func() {
		_ = process.Wait()
		close(ended)
	}()
	if s.keeper, err = keep(process.Process.Pid, s.Folder); err != nil {
		return errors.Join(err, s.kill())
	}
	return s.untilReady()
}

// untilReady waits until the server answers.
func (s *Server) untilReady() error {
	deadline := time.After(startTimeout)
	for !s.ready() {
		select {
		case <-s.ended:
			s.down()
			return fmt.Errorf("%s does not start:\n%s", filepath.Base(s.command[0]), s.Log())
		case <-deadline:
			return errors.Join(fmt.Errorf("%s does not answer:\n%s", filepath.Base(s.command[0]), s.Log()), s.kill())
		case <-time.After(pollEvery):
		}
	}
	return nil
}

func (s *Server) logFile() string { return filepath.Join(s.Folder, "log") }

// Log returns what the server has logged since its first start.
func (s *Server) Log() string {
	log, err := os.ReadFile(s.logFile())
	if err != nil {
		return err.Error()
	}
	return string(bytes.ToValidUTF8(log, nil))
}

// Stop ends the server in an orderly way, as an operator does.
func (s *Server) Stop() {
	s.t.Helper()
	if err := s.end(s.goodbye); err != nil {
		s.t.Fatal(err)
	}
}

// end sends a signal and waits until the server has ended. If that takes too long, it kills the server and returns an error.
func (s *Server) end(signal syscall.Signal) error {
	if err := s.process.Process.Signal(signal); err != nil {
		return err
	}
	select {
	case <-s.ended:
		s.down()
		return nil
	case <-time.After(stopTimeout):
		return errors.Join(fmt.Errorf("%s does not stop:\n%s", filepath.Base(s.command[0]), s.Log()), s.kill())
	}
}

// Kill ends the server at once by SIGKILL, as the loss of its machine does. It also ends a paused server.
func (s *Server) Kill() {
	s.t.Helper()
	if err := s.kill(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) kill() error {
	children := descendants(s.PID())
	if err := s.process.Process.Kill(); err != nil {
		return err
	}
	<-s.ended
	for _, pid := range children {
		_ = syscall.Kill(pid, syscall.SIGKILL) // most children have ended with their parent
	}
	// PostgreSQL does not start while one of its old processes holds shared memory.
	for late := time.Now().Add(stopTimeout); slices.ContainsFunc(children, runs) && time.Now().Before(late); {
		time.Sleep(time.Millisecond)
	}
	s.down()
	return nil
}

// down records that the process has ended.
func (s *Server) down() {
	s.process = nil
	if s.keeper != nil {
		s.keeper.dismiss()
		s.keeper = nil
	}
}

// Pause stops the server and its children by SIGSTOP. Their connections stay open.
func (s *Server) Pause() {
	s.t.Helper()
	s.signalAll(syscall.SIGSTOP)
}

// Resume continues a paused server by SIGCONT.
func (s *Server) Resume() {
	s.t.Helper()
	s.signalAll(syscall.SIGCONT)
}

// signalAll signals the server first, so that it makes no children meanwhile, then its children.
func (s *Server) signalAll(signal syscall.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
	for _, pid := range descendants(s.PID()) {
		_ = syscall.Kill(pid, signal) // it may have ended
	}
}

// hasEnded reports whether the process has ended without the Server's help.
func (s *Server) hasEnded() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// close ends the server, if it runs, and removes its folder.
func (s *Server) close() {
	if s.process != nil && s.hasEnded() {
		s.down()
	}
	if s.process != nil {
		for _, pid := range append([]int{s.PID()}, descendants(s.PID())...) {
			_ = syscall.Kill(pid, syscall.SIGCONT) // it may be paused
		}
		if err := s.end(s.leave); err != nil {
			s.t.Error(err)
		}
	}
	if err := os.RemoveAll(s.Folder); err != nil {
		s.t.Error(err)
	}
}

// installs holds the result of install.sh by kind of server, so that it runs once for each kind.
var installs sync.Map

// installed returns the place that install.sh prints for a kind of server. The script installs a missing server.
func installed(t Test, kind string) string {
	t.Helper()
	find, _ := installs.LoadOrStore(kind, sync.OnceValues(func() (string, error) {
		script, err := scriptPath()
		if err != nil {
			return "", err
		}
		var stderr bytes.Buffer
		install := exec.Command(script, kind)
		install.Stderr = &stderr
		out, err := install.Output()
		if err != nil {
			return "", fmt.Errorf("%s %s: %w\n%s", script, kind, err, stderr.Bytes())
		}
		return strings.TrimSpace(string(out)), nil
	}))
	place, err := find.(func() (string, error))()
	if err != nil {
		t.Fatal(err)
	}
	return place
}
