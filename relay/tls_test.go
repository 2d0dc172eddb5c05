package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// encrypted has a relay serve TLS with a certificate of its own, and its clients
// trust it.
func encrypted(t *testing.T, args ...string) *process {
	t.Helper()
	folder := t.TempDir()
	cert, key := certificate(t, 1)
	write(t, filepath.Join(folder, "cert"), cert)
	write(t, filepath.Join(folder, "key"), key)
	p := serve(t, append([]string{"--tls-cert", filepath.Join(folder, "cert"), "--tls-key", filepath.Join(folder, "key")}, args...)...)
	p.tls = &tls.Config{RootCAs: x509.NewCertPool()}
	p.tls.RootCAs.AppendCertsFromPEM([]byte(cert))
	return p
}

// TestNothingPrivateIsPutOutOverTLS: as over plain TCP, and of handshakes that go
// wrong nothing is told at all.
func TestNothingPrivateIsPutOutOverTLS(t *testing.T) {
	p := encrypted(t) // logs all it can
	for _, bearer := range bearers(t) {
		p.askEverything(bearer)
		p.sayEverything(bearer)
	}
	p.sayNonsense()
	p.stop()
	noMarks(t, "the log", p.printed())

	// A higher level logs no more than this one.
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
	if n := strings.Count(p.printed(), "\n"); n != 4 { // its limits, that it listens, drains, has stopped
		t.Errorf("%d lines: %s", n, p.printed())
	}
}

// failHandshakes does what no TLS server should be impressed by.
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

		nc = dial() // and once more, ended by a reset
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

// looked is a relay's view of certificate files.
type looked struct {
	t      *testing.T
	folder string
	secured
	log bytes.Buffer
}

func look(t *testing.T, folder string) *looked {
	t.Helper()
	l := &looked{t: t, folder: folder}
	var err error
	flags := tlsFlags{Cert: filepath.Join(folder, "cert"), Key: filepath.Join(folder, "key")}
	if l.secured, err = flags.fromFiles(slog.New(slog.NewTextHandler(&l.log, nil))); err != nil {
		t.Fatal(err)
	}
	l.again()
	return l
}

func (l *looked) again() { l.watch.look(slog.New(slog.NewTextHandler(&l.log, nil))) }

// wantServed wants handshakes to show a certificate.
func (l *looked) wantServed(cert string) {
	l.t.Helper()
	pair, err := l.config.GetCertificate(nil)
	if err != nil {
		l.t.Fatal(err)
	}
	if block, _ := pem.Decode([]byte(cert)); !bytes.Equal(pair.Certificate[0], block.Bytes) {
		l.t.Errorf("another certificate is served; the log: %s", l.log.String())
	}
}

// TestCertificatesBehindLinks: certbot lays links to the files of a renewal and
// changes one after the other, Kubernetes a link to their folder, which it swaps.
func TestCertificatesBehindLinks(t *testing.T) {
	link := func(to, path string) {
		if err := errors.Join(os.Symlink(to, path+".new"), os.Rename(path+".new", path)); err != nil {
			t.Fatal(err)
		}
	}
	for name, lay := range map[string]func(folder, renewal string){
		"certbot": func(folder, renewal string) {
			link(filepath.Join(renewal, "cert"), filepath.Join(folder, "cert"))
			link(filepath.Join(renewal, "key"), filepath.Join(folder, "key"))
		},
		"Kubernetes": func(folder, renewal string) {
			link(renewal, filepath.Join(folder, "..data"))
			link(filepath.Join("..data", "cert"), filepath.Join(folder, "cert"))
			link(filepath.Join("..data", "key"), filepath.Join(folder, "key"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			renew := func() string {
				renewal := t.TempDir()
				cert, key := certificate(t, 1)
				write(t, filepath.Join(renewal, "cert"), cert)
				write(t, filepath.Join(renewal, "key"), key)
				lay(folder, renewal)
				return cert
			}
			first := renew()
			l := look(t, folder)
			l.wantServed(first)
			second := renew()
			l.again()
			l.wantServed(second)
			if !strings.Contains(l.log.String(), "taken over anew") {
				t.Errorf("the log does not tell: %s", l.log.String())
			}
		})
	}
}

// TestAKeyThatDoesNotFit: what was served stays so, and is told once, until the
// files belong together.
func TestAKeyThatDoesNotFit(t *testing.T) {
	folder := t.TempDir()
	first, key := certificate(t, 1)
	write(t, filepath.Join(folder, "cert"), first)
	write(t, filepath.Join(folder, "key"), key)
	l := look(t, folder)

	second, key := certificate(t, 2)
	write(t, filepath.Join(folder, "cert"), second)
	l.again()
	l.again()
	l.wantServed(first)
	if log := l.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, "private key does not match public key") {
		t.Errorf("the log: %s", log)
	}
	write(t, filepath.Join(folder, "key"), key)
	l.again()
	l.wantServed(second)
}

// certificateEnds is what the metrics tell of that, in seconds since 1970; -1: nothing.
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

// TestTheEndOfACertificateIsTold: by the metrics always, by the log where it is near.
func TestTheEndOfACertificateIsTold(t *testing.T) {
	if got := serve(t).certificateEnds(); got != -1 {
		t.Errorf("without TLS: %d", got)
	}
	folder := t.TempDir()
	const day = 24 * time.Hour
	now := time.Now()
	renew := func(from, to time.Duration) (ends int64) {
		cert, key := certificateFor(t, 1, now.Add(from), now.Add(to))
		write(t, filepath.Join(folder, "cert"), cert)
		write(t, filepath.Join(folder, "key"), key)
		return now.Add(to).Unix()
	}
	first := renew(-80*day, 10*day)
	p := serve(t, "--tls-cert", filepath.Join(folder, "cert"), "--tls-key", filepath.Join(folder, "key"))
	p.tls = &tls.Config{InsecureSkipVerify: true} // one that has ended is served as well
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
	take(-time.Hour, 6*day) // that is all it has
	if warned("") != 1 {
		t.Errorf("a warning of a new certificate: %s", p.printed())
	}
	take(-90*day, -time.Hour)
	if warned("has ended") != 1 || warned("") != 2 {
		t.Errorf("the log: %s", p.printed())
	}
}
