// Only on Linux does a process trust the roots that SSL_CERT_FILE names.

package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"

	"hallway/protocol"
	"hallway/relay/relaytest"
)

const domain = "chat.example.org"

// testAuthority is Let's Encrypt's own test authority. Its resolver answers 127.0.0.1 for each name, and its port 443
// is a port that forwards to the relay.
type testAuthority struct {
	t      *testing.T
	web    *httptest.Server
	url    string         // the URL of its directory
	env    []string       // makes a relay trust it
	roots  *x509.CertPool // the roots of its certificates
	down   atomic.Bool    // makes it answer everything with 503
	orders atomic.Int32   // the number of orders made
	relay  chan string    // the address to forward to
}

// newAuthority makes an authority whose certificates are valid for some time. It listens, but answers only after its start.
func newAuthority(t *testing.T, valid time.Duration) *testAuthority {
	t.Helper()
	a := &testAuthority{t: t, roots: x509.NewCertPool(), relay: make(chan string, 1)}
	a.web = httptest.NewUnstartedServer(a.handler(valid))
	t.Cleanup(a.web.Close)
	cert, key := relaytest.Certificate(t, 1)
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	a.web.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	a.web.Config.ErrorLog = log.New(io.Discard, "", 0)
	trusted := filepath.Join(t.TempDir(), "authority.pem")
	write(t, trusted, cert)
	a.env = []string{"SSL_CERT_FILE=" + trusted}
	a.url = "https://" + a.web.Listener.Addr().String() + wfe.DirectoryPath
	return a
}

func (a *testAuthority) handler(valid time.Duration) http.Handler {
	a.t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	a.t.Setenv("PEBBLE_WFE_NONCEREJECT", "0")
	a.t.Setenv("PEBBLE_AUTHZREUSE", "0") // each order is validated
	quiet := log.New(io.Discard, "", 0)
	store := db.NewMemoryStore()
	issuer := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {ValidityPeriod: uint64(valid / time.Second)}})
	a.roots.AddCert(issuer.GetRootCert(0).Cert)
	validator := va.New(quiet, 0, a.port443(), true, a.resolver(), store)
	front := wfe.New(quiet, store, validator, issuer, []string{"authority.example"}, true, false, 0, 0)
	next := front.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if r.URL.Path == "/order-plz" {
			a.orders.Add(1)
		}
		next.ServeHTTP(w, r)
	})
}

// listen listens on a free port until the test ends.
func (a *testAuthority) listen() net.Listener {
	a.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { ln.Close() })
	return ln
}

// port443 forwards connections to the relay.
func (a *testAuthority) port443() int {
	ln := a.listen()
	go func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			go a.forward(nc)
		}
	}()
	return ln.Addr().(*net.TCPAddr).Port
}

func (a *testAuthority) forward(nc net.Conn) {
	defer nc.Close()
	addr := <-a.relay
	a.relay <- addr
	to, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer to.Close()
	go func() {
		defer to.Close()
		_, _ = io.Copy(to, nc)
	}()
	_, _ = io.Copy(nc, to)
}

// resolver is a DNS server that knows all names.
func (a *testAuthority) resolver() (addr string) {
	ln := a.listen()
	answer := func(w dns.ResponseWriter, question *dns.Msg) {
		var m dns.Msg
		m.SetReply(question)
		if q := question.Question[0]; q.Qtype == dns.TypeA {
			m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Name, Rrtype: q.Qtype, Class: q.Qclass}, A: net.IPv4(127, 0, 0, 1)}}
		}
		_ = w.WriteMsg(&m)
	}
	go func() { _ = (&dns.Server{Listener: ln, Handler: dns.HandlerFunc(answer)}).ActivateAndServe() }()
	return ln.Addr().String()
}

// serve starts a relay that gets its certificate from the authority.
func (a *testAuthority) serve(args ...string) *process {
	a.t.Helper()
	args = append([]string{"--tls-domain", domain, "--acme-ca", a.url}, args...)
	folder := a.t.TempDir()
	// A relay that was killed during an order left its lock.
	locks := filepath.Join(folder, "certificates", "locks")
	if err := os.MkdirAll(locks, 0o700); err != nil {
		a.t.Fatal(err)
	}
	write(a.t, filepath.Join(locks, "issue_cert_"+domain+".lock"), time.Now().Format(`{"created":"2006-01-02T15:04:05Z07:00"}`))
	p := serveEnv(a.t, a.env, filepath.Join(folder, "hallway.db"), args...)
	p.tls = &tls.Config{RootCAs: a.roots, ServerName: domain}
	a.forwardTo(p)
	return p
}

func (a *testAuthority) forwardTo(p *process) {
	select {
	case <-a.relay:
	default:
	}
	a.relay <- p.addr
}

// served returns the certificate that a relay shows; nil if it shows no trusted one.
func (p *process) served(config *tls.Config) *x509.Certificate {
	nc, err := tls.Dial("tcp", p.addr, config)
	if err != nil {
		return nil
	}
	defer nc.Close()
	return nc.ConnectionState().PeerCertificates[0]
}

// TestACertificateFromAnAuthority follows a certificate that the relay itself gets, from the order to a restart.
func TestACertificateFromAnAuthority(t *testing.T) {
	a := newAuthority(t, 90*24*time.Hour)
	p := a.serve("--tls-domain", "team.example.org")
	team := &tls.Config{RootCAs: a.roots, ServerName: "team.example.org"}
	// It listens, and refuses handshakes until it has a certificate.
	if got := p.served(p.tls); got != nil {
		t.Fatalf("a certificate before any was had: %v", got.Subject)
	}
	a.web.StartTLS()
	until(t, "certificates are served", func() bool { return p.served(p.tls) != nil && p.served(team) != nil })
	for _, name := range []string{domain, team.ServerName} {
		until(t, "the log tells of it", func() bool {
			return strings.Contains(p.printed(), `"got a certificate from the authority","domain":"`+name)
		})
	}

	status, header, _ := p.rest("GET", "/v1/rooms/lobby/messages", token(t, "ada", "*"), "")
	if status != 200 || header.Get("Strict-Transport-Security") == "" {
		t.Errorf("status %d, headers %v", status, header)
	}
	c := p.enter("ada", "lobby")
	c.say(protocol.Send{Room: "lobby", ID: id(1), Text: "hello"})
	want[protocol.Changed](c)
	// A client without a name, such as a probe of a load balancer, gets the certificate, too.
	first := p.served(&tls.Config{InsecureSkipVerify: true})
	if first == nil || first.VerifyHostname(domain) != nil {
		t.Fatalf("without a name: %v", first)
	}
	if got, want := p.certificateEnds(), min(first.NotAfter.Unix(), p.served(team).NotAfter.Unix()); got != want {
		t.Errorf("the metrics tell of an end at %d, not %d", got, want)
	}
	// The log does not mention a challenge that the authority did not ask for.
	for _, name := range []string{domain, "mark-path.example.org"} {
		if p.served(&tls.Config{InsecureSkipVerify: true, ServerName: name, NextProtos: []string{"acme-tls/1"}}) != nil {
			t.Error("a challenge that there is not is answered")
		}
	}
	for path, mode := range modes(t, filepath.Join(filepath.Dir(p.db), "certificates")) {
		if mode.Perm()&0o077 != 0 {
			t.Errorf("%s: %v", path, mode)
		}
	}

	p.stop()
	for line := range strings.Lines(p.printed()) {
		if !json.Valid([]byte(line)) || strings.Contains(line, `"WARN"`) || strings.Contains(line, "mark-path") {
			t.Errorf("a line where all went well: %s", line)
		}
	}

	// A restart uses the stored certificates, so it needs no authority.
	a.web.Close()
	p = p.again()
	until(t, "what is stored is served", func() bool { return p.served(p.tls) != nil && p.served(team) != nil })
	if got := p.served(p.tls); !got.Equal(first) || a.orders.Load() != 2 {
		t.Errorf("another certificate, %d orders", a.orders.Load())
	}
	p.stop()
	if strings.Contains(p.printed(), `"WARN"`) {
		t.Errorf("a warning where all went well: %s", p.printed())
	}
}

// modes returns the modes of a folder and of everything in it.
func modes(t *testing.T, folder string) map[string]fs.FileMode {
	t.Helper()
	found := make(map[string]fs.FileMode)
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil {
			found[path] = info.Mode()
		}
		return err
	})
	if err != nil || len(found) < 6 {
		t.Errorf("%v: %v", err, found)
	}
	return found
}

// TestACertificateIsRenewed checks that a certificate that expires soon, as all certificates here, is renewed at once
// and served. If the renewal fails, the old one stays, and the log says so.
func TestACertificateIsRenewed(t *testing.T) {
	a := newAuthority(t, time.Minute)
	a.web.StartTLS()
	p := a.serve()
	until(t, "the certificate is renewed", func() bool { return strings.Contains(p.printed(), `"renewal":true`) })
	var now *x509.Certificate
	until(t, "the renewed certificate is served", func() bool {
		now = p.served(p.tls)
		return now != nil && strings.Contains(newest(t, p.db), string(now.Raw))
	})
	if got := p.certificateEnds(); got != now.NotAfter.Unix() {
		t.Errorf("the metrics tell of an end at %d, not %v", got, now.NotAfter)
	}
	if a.orders.Load() != 2 {
		t.Errorf("%d orders", a.orders.Load())
	}
	p.stop()

	a.web.Close()
	p = p.again()
	until(t, "the relay says what is wrong", func() bool { return strings.Contains(p.printed(), "connection refused") })
	if got := p.served(p.tls); !got.Equal(now) {
		t.Error("what is stored is not served when it cannot be renewed")
	}
	p.stop()
}

// newest returns the bytes of the stored certificate.
func newest(t *testing.T, database string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(filepath.Dir(database), "certificates", "certificates", "*", domain, domain+".crt"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	return string(block.Bytes)
}

// TestAnAuthorityThatIsDown checks that the relay runs without a certificate, logs that once for each attempt, and gets
// one when the authority is back.
func TestAnAuthorityThatIsDown(t *testing.T) {
	a := newAuthority(t, 90*24*time.Hour)
	a.down.Store(true)
	a.web.StartTLS()
	p := a.serve("--acme-email", "mark-user@example.org")
	until(t, "the relay says what is wrong", func() bool { return strings.Contains(p.printed(), `"WARN"`) })
	if got := p.served(p.tls); got != nil {
		t.Errorf("a certificate from nowhere: %v", got.Subject)
	}
	a.down.Store(false)
	until(t, "the certificate is served", func() bool { return p.served(p.tls) != nil })
	p.stop()
	pauses := [...]time.Duration{2 * time.Second, 30 * time.Second, 2 * time.Minute}
	attempt := 0
	for line := range strings.Lines(p.printed()) {
		if !strings.Contains(line, `"WARN"`) {
			continue
		}
		said := fmt.Sprintf(`"msg":"no certificate from the authority","domain":%q,"again_in":%q,"error":`, domain, pauses[attempt])
		if !strings.Contains(line, said) || !strings.Contains(line, "503") {
			t.Errorf("attempt %d: %s", attempt, line)
		}
		attempt++
	}
	noMarks(t, "the log", p.printed())
}

// TestAnAuthorityIsNotAskedInVain checks that the relay orders no certificate that it cannot keep, and logs the reason.
func TestAnAuthorityIsNotAskedInVain(t *testing.T) {
	a := newAuthority(t, 90*24*time.Hour)
	a.web.StartTLS()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "certificates"), "where a folder should be")
	p := serveEnv(t, a.env, filepath.Join(folder, "hallway.db"), "--tls-domain", domain, "--acme-ca", a.url)
	until(t, "the relay says what is wrong", func() bool { return strings.Contains(p.printed(), "not a directory") })
	p.stop()
	if a.orders.Load() != 0 {
		t.Error("a certificate is asked for that cannot be kept")
	}
}
