package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/relaytest"
)

// until waits for a condition that another process makes true.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came that %s", what)
		}
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTheSecretChangesWithoutARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	secrets := []string{strings.Repeat("1", 32), strings.Repeat("2", 32), strings.Repeat("3", 32)}
	tokens := make([]string, len(secrets))
	for i, s := range secrets {
		keeper, err := auth.NewKeeper([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		claims := auth.Claims{Sub: "ada", Role: protocol.RoleParticipant, Rooms: auth.Rooms{{Pattern: "*", Role: protocol.RoleParticipant}}}
		if tokens[i], err = keeper.Issue(claims, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, file, secrets[0]+"\n")
	p := serve(t, "--jwt-secret-file", file)
	status := func(i int) int {
		s, _, _ := p.rest("GET", "/v1/rooms/lobby/messages", tokens[i], "")
		return s
	}
	if status(0) != 200 || status(1) != 401 {
		t.Fatalf("at first: %d, %d", status(0), status(1))
	}
	write(t, file, secrets[1]+"\r\n")
	p.signal(syscall.SIGHUP)
	until(t, "the new secret is good", func() bool { return status(1) == 200 })
	if status(0) != 200 {
		t.Error("tokens of the secret before are not good any more")
	}
	write(t, file, "too short")
	p.signal(syscall.SIGHUP)
	until(t, "the relay says what is wrong", func() bool { return strings.Contains(p.printed(), "too short: 9 bytes") })
	write(t, file, secrets[2])
	p.signal(syscall.SIGHUP)
	until(t, "the third secret is good", func() bool { return status(2) == 200 })
	if status(0) != 401 || status(1) != 200 {
		t.Errorf("after the second change: %d, %d", status(0), status(1))
	}
	for _, s := range secrets {
		if strings.Contains(p.printed(), s) {
			t.Error("the relay printed a secret")
		}
	}
}

func TestTLSServesAndItsCertificateChanges(t *testing.T) {
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	roots := x509.NewCertPool()
	put := func(serial int64) {
		cert, key := relaytest.Certificate(t, serial)
		write(t, certFile, cert)
		write(t, keyFile, key)
		roots.AppendCertsFromPEM([]byte(cert))
	}
	put(1)
	p := serve(t, "--tls-cert", certFile, "--tls-key", keyFile)
	config := &tls.Config{RootCAs: roots, NextProtos: []string{"h2", "http/1.1"}}
	serial := func() int64 {
		nc, err := tls.Dial("tcp", p.addr, config)
		if err != nil {
			return 0 // the two files may be read in the middle of a change
		}
		defer nc.Close()
		if got := nc.ConnectionState().NegotiatedProtocol; got != "http/1.1" {
			t.Errorf("protocol %q", got)
		}
		return nc.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Fatalf("certificate %d", got)
	}

	// REST, and a WebSocket whose first frames come with the handshake.
	web := &http.Client{Transport: &http.Transport{TLSClientConfig: config}}
	req, err := http.NewRequest("GET", "https://"+p.addr+"/v1/rooms/lobby/messages", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token(t, "ada", "*"))
	res, err := web.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("status %d, headers %v", res.StatusCode, res.Header)
	}
	web.CloseIdleConnections()
	dialer := ws.Dialer{Protocols: []string{protocol.Subprotocol}, TLSConfig: config}
	nc, _, _, err := dialer.Dial(t.Context(), "wss://"+p.addr+"/v1/ws")
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, nc: nc, r: nc}
	c.say(protocol.Hello{Token: token(t, "ada", "*")})
	want[protocol.Welcome](c)
	c.say(protocol.Join{Room: "lobby"})
	want[protocol.Joined](c)
	c.say(protocol.Send{Room: "lobby", ID: id(1), Text: strings.Repeat("x", 5000)})
	want[protocol.Changed](c)

	put(2)
	p.signal(syscall.SIGHUP)
	until(t, "the new certificate is in use", func() bool { return serial() == 2 })
	c.say(protocol.Ping{T: "1"}) // a connected client stays connected
	want[protocol.Pong](c)
	write(t, certFile, "nonsense")
	p.signal(syscall.SIGHUP)
	until(t, "the relay says what is wrong", func() bool { return strings.Contains(p.printed(), `"what":"certificate","error"`) })
	if got := serial(); got != 2 {
		t.Errorf("certificate %d after a bad one", got)
	}
	nc.Close()

	// The relay refuses plain HTTP on the port with a text.
	plain, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if _, err := plain.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	_ = plain.SetReadDeadline(time.Now().Add(patience))
	var answer bytes.Buffer
	_, _ = answer.ReadFrom(plain)
	if strings.Contains(answer.String(), "200 OK") {
		t.Errorf("answered without TLS: %q", answer.String())
	}
}

func TestTLSFlags(t *testing.T) {
	cert, key := relaytest.Certificate(t, 1)
	_, otherKey := relaytest.Certificate(t, 2)
	folder := t.TempDir()
	path := func(name, content string) string {
		file := filepath.Join(folder, name)
		write(t, file, content)
		return file
	}
	certFile, keyFile, other := path("cert", cert), path("key", key), path("other", otherKey)
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no key":       {[]string{"--tls-cert", certFile}, "--tls-cert and --tls-key go together"},
		"no cert":      {[]string{"--tls-key", keyFile}, "--tls-cert and --tls-key go together"},
		"other key":    {[]string{"--tls-cert", certFile, "--tls-key", other}, "private key does not match public key"},
		"missing file": {[]string{"--tls-cert", certFile, "--tls-key", filepath.Join(folder, "none")}, "no such file"},
		"both":         {[]string{"--tls-cert", certFile, "--tls-key", keyFile, "--tls-domain", "chat.example.org"}, "not both"},
		"wildcard":     {[]string{"--tls-domain", "*.example.org"}, "not a domain name"},
		"port":         {[]string{"--tls-domain", "chat.example.org:443"}, "not a domain name"},
		"address":      {[]string{"--tls-domain", "192.0.2.1"}, "not a domain name"},
		"internal":     {[]string{"--tls-domain", "localhost"}, "gives no certificate for \"localhost\""},
		"plain CA":     {[]string{"--tls-domain", "localhost", "--acme-ca", "http://127.0.0.1/dir"}, "--acme-ca must be an https URL"},
		"CA with user": {[]string{"--tls-domain", "localhost", "--acme-ca", "https://user:password@127.0.0.1/dir"}, "--acme-ca must be an https URL"},
		"jwks":         {[]string{"--jwks-url", "http://issuer.example/"}, "--jwks-url must be an https URL"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(t.TempDir(), "x.db")}, test.args...)
			code, _, stderr := run(t, nil, args...)
			if code != 2 || !strings.Contains(stderr, test.want) || strings.Contains(stderr, "user:password") {
				t.Errorf("exit %d: %s", code, stderr)
			}
		})
	}
}
