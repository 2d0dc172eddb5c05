package server_test

import (
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fasthttp"

	"hallway/relay/server"
)

// TestSlowRequestsEnd checks that a client that never finishes a request is cut as soon as a silent one; after an
// answered request a client may be silent for longer.
func TestSlowRequestsEnd(t *testing.T) {
	// Its clock for dates runs for ever, so it must start outside the bubbles below.
	_ = new(fasthttp.ResponseHeader).Header()
	const idleTime = time.Minute
	for _, test := range []struct {
		name, begin, drop string // sent at first, then every second
		after             time.Duration
		answer            string
	}{
		{"silence", "", "", requestTime, "HTTP/1.1 408 "},
		{"headers without end", "GET /healthz HTTP/1.1\r\nHost: x\r\n", "X-A: b\r\n", requestTime, "HTTP/1.1 408 "},
		{"a line without end", "GET /", "a", requestTime, "HTTP/1.1 408 "},
		{"a body without end", "POST /v1/rooms/lobby/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", "x", requestTime, "HTTP/1.1 408 "},
		{"chunks without end", "POST /v1/rooms/lobby/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", requestTime, "HTTP/1.1 408 "},
		{"a request, then silence", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "", idleTime, "HTTP/1.1 200 "},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, err := server.New(server.Options{Backend: &backend{}, Log: slog.New(slog.DiscardHandler)})
				if err != nil {
					t.Fatal(err)
				}
				ln := make(pipes, 1)
				served := make(chan error, 1)
				go func() { served <- s.Serve(ln) }()
				began := time.Now()
				here, there := net.Pipe()
				ln <- there
				go func() {
					_, err := io.WriteString(here, test.begin)
					for ; err == nil && test.drop != ""; _, err = io.WriteString(here, test.drop) {
						time.Sleep(time.Second)
					}
				}()
				answer, _ := io.ReadAll(here)
				if took := time.Since(began); took < test.after || took > test.after+time.Second {
					t.Errorf("hung up on after %v", took)
				}
				if !strings.HasPrefix(string(answer), test.answer) {
					t.Errorf("answered with %q", answer)
				}
				here.Close()
				if err := s.Shutdown(t.Context()); err != nil {
					t.Error(err)
				}
				if err := <-served; err != nil {
					t.Error(err)
				}
				time.Sleep(requestTime) // the server's own upkeep has ended then
			})
		})
	}
}
