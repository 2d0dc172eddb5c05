package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hallway/relay/relaytest"
)

// encrypted starts a relay that serves TLS with a new certificate, which its clients trust.
func encrypted(t *testing.T, args ...string) *process {
	t.Helper()
	folder := t.TempDir()
	cert, key := relaytest.Certificate(t, 1)
	write(t, filepath.Join(folder, "cert"), cert)
	write(t, filepath.Join(folder, "key"), key)
	p := serve(t, append([]string{"--tls-cert", filepath.Join(folder, "cert"), "--tls-key", filepath.Join(folder, "key")}, args...)...)
	p.tls = &tls.Config{RootCAs: x509.NewCertPool()}
	p.tls.RootCAs.AppendCertsFromPEM([]byte(cert))
	return p
}

// TestNoPrivateOutputOverTLS checks the same as over plain TCP, and that the log does not mention failed
// handshakes.
func TestNoPrivateOutputOverTLS(t *testing.T) {
	p := encrypted(t) // it logs everything
	for _, bearer := range bearers(t) {
		p.askEverything(bearer)
		p.sayEverything(bearer)
	}
	p.sayNonsense()
	p.stop()
	noMarks(t, "the log", p.printed())

	// At level info the log is shorter.
	p = encrypted(t, "--log-level", "info")
	p.failHandshakes()
	p.sayNonsense()
	p.rest("GET", "/v1/rooms/mark-room/messages", bearers(t)["an organizer"], "")
	p.stop()
	for line := range strings.Lines(p.printed()) {
		if !strings.Contains(line, `"level":"INFO"`) || strings.Contains(line, "remote") {
			t.Errorf("a line about clients: %s", line)
		}
	}
	if n := strings.Count(p.printed(), "\n"); n != 4 { // its limits, and that it listens, drains, has stopped
		t.Errorf("%d lines: %s", n, p.printed())
	}
}

// failHandshakes makes handshakes that fail.
func (p *process) failHandshakes() {
	p.t.Helper()
	dial := func() *net.TCPConn {
		nc, err := net.Dial("tcp", p.addr)
		if err != nil {
			p.t.Fatal(err)
		}
		p.t.Cleanup(func() { nc.Close() })
		_ = nc.SetDeadline(time.Now().Add(patience))
		return nc.(*net.TCPConn)
	}
	for _, raw := range []string{
		"", "GET /mark-path HTTP/1.1\r\nHost: mark-header\r\n\r\n", "\x16\x03\x01\x00\x09mark-path", "\x16\x03\x01\x02\x00mark-path",
	} {
		nc := dial()
		if _, err := nc.Write([]byte(raw)); err != nil {
			p.t.Fatal(err)
		}
		_ = nc.CloseWrite()
		answer, _ := io.ReadAll(nc)
		noMarks(p.t, "the answer to a bad handshake", string(answer))

		nc = dial() // once more, ended by a reset
		_ = nc.SetLinger(0)
		_, _ = nc.Write([]byte(raw))
		nc.Close()
	}
	for name, config := range map[string]*tls.Config{
		"TLS 1.1":           {InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
		"HTTP/2 only":       {InsecureSkipVerify: true, NextProtos: []string{"h2"}},
		"an ACME challenge": {InsecureSkipVerify: true, NextProtos: []string{"acme-tls/1"}, ServerName: "mark-path.example.org"},
		"no trust":          {RootCAs: x509.NewCertPool(), ServerName: "mark-path.example.org"},
	} {
		if tls.Client(dial(), config).Handshake() == nil {
			p.t.Errorf("%s: the handshake went well", name)
		}
	}
}

// certificateEnds returns the expiry of the certificate in the metrics, in seconds since 1970; -1 if it is missing.
func (p *process) certificateEnds() int64 {
	p.t.Helper()
	_, _, metrics := p.rest("GET", "/metrics", "", "")
	for line := range strings.Lines(string(metrics)) {
		if value, ok := strings.CutPrefix(line, "hallway_tls_certificate_not_after_timestamp_seconds "); ok {
			ends, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				p.t.Fatal(err)
			}
			return int64(ends)
		}
	}
	return -1
}

// TestCertificateExpiryIsReported checks that the metrics always show the expiry, and the log does if it is near.
func TestCertificateExpiryIsReported(t *testing.T) {
	if got := serve(t).certificateEnds(); got != -1 {
		t.Errorf("without TLS: %d", got)
	}
	folder := t.TempDir()
	const day = 24 * time.Hour
	now := time.Now()
	renew := func(from, to time.Duration) (ends int64) {
		cert, key := relaytest.CertificateFor(t, 1, now.Add(from), now.Add(to))
		write(t, filepath.Join(folder, "cert"), cert)
		write(t, filepath.Join(folder, "key"), key)
		return now.Add(to).Unix()
	}
	first := renew(-80*day, 10*day)
	p := serve(t, "--tls-cert", filepath.Join(folder, "cert"), "--tls-key", filepath.Join(folder, "key"))
	p.tls = &tls.Config{InsecureSkipVerify: true} // an expired one is served, too
	warned := func(of string) int { return strings.Count(p.printed(), `"level":"WARN","msg":"the certificate `+of) }
	if got := p.certificateEnds(); got != first || warned("ends soon") != 1 {
		t.Errorf("%d, want %d; the log: %s", got, first, p.printed())
	}
	take := func(from, to time.Duration) {
		t.Helper()
		ends := renew(from, to)
		p.signal(syscall.SIGHUP)
		until(t, "the metrics follow", func() bool { return p.certificateEnds() == ends })
	}
	take(-day, 89*day)
	take(-time.Hour, 6*day) // that is its whole lifetime
	if warned("") != 1 {
		t.Errorf("a warning of a new certificate: %s", p.printed())
	}
	take(-90*day, -time.Hour)
	if warned("has ended") != 1 || warned("") != 2 {
		t.Errorf("the log: %s", p.printed())
	}
}
