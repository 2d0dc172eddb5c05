package server_test

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fasthttp"

	"hallway/relay/server"
)

// TestLongestSilentIsCut checks that a new connection finds a place, however many silent ones there are.
func TestLongestSilentIsCut(t *testing.T) {
	s := start(t, func(o *server.Options) { o.Admit.Files = 4 })
	dial := func() net.Conn {
		t.Helper()
		nc, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { nc.Close() })
		if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		return nc
	}
	ask := func(nc net.Conn) {
		t.Helper()
		if _, err := io.WriteString(nc, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(nc), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%d, %v", answer.StatusCode, err)
		}
	}
	gone := func(ncs ...net.Conn) {
		t.Helper()
		for i, nc := range ncs {
			if n, err := nc.Read(make([]byte, 1)); n > 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("connection %d is still there: %d bytes, %v", i, n, err)
			}
		}
	}
	silent := []net.Conn{dial(), dial()}
	asked := dial()
	ask(asked)
	newer := dial()
	ask(newer)
	last := dial()
	ask(last)
	gone(silent[0])
	ask(asked) // silent for a shorter time than the newer one
	ask(dial())
	gone(silent[1])
	ask(dial())
	gone(newer)
	ask(asked)
	s.backend.conns.Store(3) // as if so many had become WebSockets: they stay
	ask(dial())
	gone(last, asked)
}

// full is a listener that at first has no file for a connection.
type full struct {
	pipes
	errs chan error
}

func (l full) Accept() (net.Conn, error) {
	select {
	case err := <-l.errs:
		return nil, err
	default:
		return l.pipes.Accept()
	}
}

// TestAcceptingGoesOn checks that the relay survives a lack of files, and accepts waiting connections as soon as a file
// is free.
func TestAcceptingGoesOn(t *testing.T) {
	_ = new(fasthttp.ResponseHeader).Header() // its clock runs for ever, so it must start outside the bubbles below
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		s, err := server.New(server.Options{Backend: &backend{}, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		ln := full{make(pipes, 1), make(chan error, 100)}
		for range cap(ln.errs) {
			ln.errs <- &net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE}
		}
		served := make(chan error, 1)
		go func() { served <- s.Serve(ln) }()
		here, there := net.Pipe()
		ln.pipes <- there
		if _, err := io.WriteString(here, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(here)
		if !strings.HasPrefix(string(answer), "HTTP/1.1 200 ") {
			t.Errorf("answered with %q", answer)
		}
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		if n := strings.Count(log.String(), "could not be accepted"); n != 1 {
			t.Errorf("the log says so %d times: %s", n, log.String())
		}
		time.Sleep(requestTime) // the server's own upkeep has ended then
	})
}
