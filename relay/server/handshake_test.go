package server_test

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fasthttp"

	"hallway/relay/relaytest"
	"hallway/relay/server"
)

// requestTime is the time of a client for its handshake and its request together.
const requestTime = 10 * time.Second

// TestAHandshakeEndsInTime checks that a client that sends nothing, too little, or nothing after the handshake to a
// relay with TLS is cut like a client with a slow request.
func TestAHandshakeEndsInTime(t *testing.T) {
	// Its clock for dates runs for ever, so it must start outside the bubbles below.
	_ = new(fasthttp.ResponseHeader).Header()
	cert, key := relaytest.Certificate(t, 1)
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}}
	for name, client := range map[string]func(nc net.Conn){
		"silent": func(net.Conn) {},
		"slow": func(nc net.Conn) {
			hello := []byte{22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3} // the beginning of a hello of 512 bytes
			for _, err := nc.Write(hello); err == nil; _, err = nc.Write([]byte{0}) {
				time.Sleep(time.Second)
			}
		},
		"silent once it is through": func(nc net.Conn) {
			if err := tls.Client(nc, &tls.Config{InsecureSkipVerify: true}).Handshake(); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, err := server.New(server.Options{Backend: &backend{}, Log: slog.New(slog.DiscardHandler), Secure: true})
				if err != nil {
					t.Fatal(err)
				}
				ln := make(pipes, 1)
				served := make(chan error, 1)
				go func() { served <- s.Serve(tls.NewListener(ln, config)) }()
				began := time.Now()
				here, there := net.Pipe()
				ln <- there
				client(here)
				_, _ = io.Copy(io.Discard, here)
				if took := time.Since(began); took < requestTime || took > requestTime+time.Second {
					t.Errorf("hung up on after %v", took)
				}
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

// pipes is a listener of connections within the program.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if nc, ok := <-p; ok {
		return nc, nil
	}
	return nil, net.ErrClosed
}

func (p pipes) Close() error { close(p); return nil }

func (pipes) Addr() net.Addr { return new(net.TCPAddr) }
