package nats_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nkeys"

	"hallway/relay/bus"
	"hallway/relay/bus/bustest"
	"hallway/relay/bus/nats"
)

func TestTheConfigurationIsCheckedBeforeAnythingIsOpened(t *testing.T) {
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	creds := newAuthority(t).creds(t, "relay")
	for _, c := range []struct {
		config nats.Config
		want   string // a part of the error; "": no error
	}{
		{nats.Config{Servers: []string{"nats://127.0.0.1:4222"}}, ""},
		{nats.Config{Servers: []string{"nats://localhost", "nats://[::1]:4223"}}, ""},
		{nats.Config{Servers: []string{"tls://nats.example.org:4222"}, Creds: creds}, ""},
		{nats.Config{Servers: []string{"tls://relay:secret@nats.example.org:4222"}}, ""},
		{nats.Config{}, "no address"},
		{nats.Config{Servers: []string{"127.0.0.1:4222"}}, "looks like"},
		{nats.Config{Servers: []string{"http://127.0.0.1:4222"}}, "looks like"},
		{nats.Config{Servers: []string{"nats://"}}, "looks like"},
		{nats.Config{Servers: []string{"nats://127.0.0.1:4222", ""}}, "looks like"},
		{nats.Config{Servers: []string{"nats://relay:secret@10.1.2.3:4222"}}, "10.1.2.3:4222 is not on this machine and needs TLS"},
		{nats.Config{Servers: []string{"nats://127.0.0.1:4222", "nats://b.example.org"}, Creds: creds}, "b.example.org is not on this machine and needs TLS"},
		{nats.Config{Servers: []string{"tls://nats.example.org:4222"}}, "needs credentials"},
		{nats.Config{Servers: []string{"tls://127.0.0.1:4222", "nats://127.0.0.1:4223"}}, "all tls:// or all nats://"},
		{nats.Config{Servers: []string{"nats://127.0.0.1:4222"}, CA: empty}, "--nats-ca needs TLS"},
		{nats.Config{Servers: []string{"tls://127.0.0.1:4222"}, CA: empty}, "holds no certificate"},
		{nats.Config{Servers: []string{"tls://127.0.0.1:4222"}, CA: filepath.Join(folder, "none")}, "--nats-ca: open"},
		{nats.Config{Servers: []string{"nats://127.0.0.1:4222"}, Creds: empty}, "holds no user's token"},
		{nats.Config{Servers: []string{"nats://127.0.0.1:4222"}, Creds: filepath.Join(folder, "none")}, "--nats-creds: open"},
		{nats.Config{Servers: []string{"nats://u:p@127.0.0.1:4222"}, Creds: creds}, "give one of both"},
	} {
		err := c.config.Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.config, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n")) {
			t.Errorf("the error shows a password or has more than a line: %v", err)
		}
	}
	for _, cluster := range []string{"", "a.b", "a*", "ü", strings.Repeat("a", 65)} {
		if _, err := nats.Open(nats.Config{Servers: []string{"nats://127.0.0.1:1"}}, cluster, 1, quiet); err == nil {
			t.Errorf("the cluster's id %q is taken", cluster)
		}
	}
}

// refused tries to open a bus, which must fail with an error that contains the text.
func refused(t *testing.T, config nats.Config, text string) {
	t.Helper()
	b, err := nats.Open(config, "one", 1, quiet)
	if err == nil {
		b.Close()
	}
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("%+v: %v, want %q", config, err, text)
	}
}

func TestPasswordsAreDemanded(t *testing.T) {
	n := newNetwork(t, `authorization: { user: relay, password: secret }`)
	refused(t, nats.Config{Servers: []string{"nats://" + n.server.Addr}}, "refuses the relay's credentials")
	refused(t, nats.Config{Servers: []string{"nats://relay:wrong@" + n.server.Addr}}, "refuses the relay's credentials")
	a := bustest.NewRelay(1)
	a.Bus = n.join(t, nats.Config{Servers: []string{"nats://relay:secret@" + n.server.Addr}}, "one", 1, a)
	if !a.Stats().Connected {
		t.Error("not connected")
	}
}

// TestARelayNeedsItsSubjectsAlone gives the relays the permissions that docs/OPERATIONS.md names, and checks that the
// bus works.
func TestARelayNeedsItsSubjectsAlone(t *testing.T) {
	n := newNetwork(t, `authorization: { users: [
		{ user: relay, password: secret, permissions: { publish: "hallway.>", subscribe: "hallway.>" } },
		{ user: other, password: secret, permissions: { publish: "hallway.two.>", subscribe: "hallway.two.>" } },
	] }`)
	join := func(user, cluster string, id bus.RelayID) *bustest.Relay {
		r := bustest.NewRelay(id)
		r.Bus = n.join(t, nats.Config{Servers: []string{"nats://" + user + ":secret@" + n.server.Addr}}, cluster, id, r)
		r.Listen("lobby")
		n.Until(t, "the relay listens", func() bool { return r.Listens("lobby") })
		return r
	}
	a, b, other := join("relay", "one", 1), join("relay", "one", 2), join("other", "one", 3)
	a.Tell(bustest.Change("lobby", 1))
	a.Tell(&bus.Asked{Relay: 2, Room: "lobby"})
	a.Tell(&bus.Revoked{User: "u"})
	n.Until(t, "relay 2 hears it", func() bool { return len(b.News()) == 3 })
	other.Tell(bustest.Change("lobby", 2))
	b.Tell(bustest.Change("lobby", 3))
	n.Until(t, "relay 1 hears relay 2", func() bool { return a.HasHeard(bustest.Change("lobby", 3)) })
	if len(other.News()) > 0 || a.HasHeard(bustest.Change("lobby", 2)) {
		t.Errorf("a relay without rights has heard %+v, and relay 1 %+v", other.News(), a.News())
	}
}

func TestCredentialsOfAFile(t *testing.T) {
	ours, others := newAuthority(t), newAuthority(t)
	n := newNetwork(t, ours.settings()...)
	server := []string{"nats://" + n.server.Addr}
	refused(t, nats.Config{Servers: server}, "refuses the relay's credentials")
	refused(t, nats.Config{Servers: server, Creds: others.creds(t, "relay")}, "refuses the relay's credentials")
	config := nats.Config{Servers: server, Creds: ours.creds(t, "relay")}
	a, b := bustest.NewRelay(1), bustest.NewRelay(2)
	a.Bus, b.Bus = n.join(t, config, "one", 1, a), n.join(t, config, "one", 2, b)
	b.Listen("lobby")
	n.Until(t, "relay 2 listens", func() bool { return b.Listens("lobby") })
	a.Tell(bustest.Change("lobby", 1))
	n.Until(t, "news arrive", func() bool { return b.HasHeard(bustest.Change("lobby", 1)) })
}

func TestTheServerIsVerified(t *testing.T) {
	folder := t.TempDir()
	writeCertificates(t, folder)
	n := newNetwork(t, fmt.Sprintf(`tls: { cert_file: %q, key_file: %q }`, filepath.Join(folder, "server.pem"), filepath.Join(folder, "server-key.pem")))
	server := []string{"tls://" + n.server.Addr}
	refused(t, nats.Config{Servers: server}, "no TLS with the server")
	refused(t, nats.Config{Servers: []string{"tls://localhost:" + n.server.Port()}, CA: filepath.Join(folder, "ca.pem")}, "no TLS with the server")
	a := bustest.NewRelay(1)
	a.Bus = n.join(t, nats.Config{Servers: server, CA: filepath.Join(folder, "ca.pem")}, "one", 1, a)
	if !a.Stats().Connected {
		t.Error("not connected")
	}
	refused(t, nats.Config{Servers: []string{"tls://" + newNetwork(t).server.Addr}}, "speaks no TLS")
}

// writeCertificates writes an authority's certificate and one of a server at 127.0.0.1.
func writeCertificates(t *testing.T, folder string) {
	t.Helper()
	issue := func(name string, template, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template.Subject, template.NotBefore, template.NotAfter = pkix.Name{CommonName: name}, time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		if signer == nil {
			parent, signer = template, key
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
		if err != nil {
			t.Fatal(err)
		}
		private, err := x509.MarshalECPrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		for file, block := range map[string]*pem.Block{
			name + ".pem": {Type: "CERTIFICATE", Bytes: der}, name + "-key.pem": {Type: "EC PRIVATE KEY", Bytes: private},
		} {
			if err := os.WriteFile(filepath.Join(folder, file), pem.EncodeToMemory(block), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		made, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return made, key
	}
	ca, key := issue("ca", &x509.Certificate{
		SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, nil)
	issue("server", &x509.Certificate{
		SerialNumber: big.NewInt(2), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, ca, key)
}

// authority writes files of credentials for relays, as an operator of NATS does with nsc.
type authority struct {
	t                 *testing.T
	operator, account nkeys.KeyPair
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	operator, err1 := nkeys.CreateOperator()
	account, err2 := nkeys.CreateAccount()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return &authority{t: t, operator: operator, account: account}
}

func (a *authority) public(key nkeys.KeyPair) string {
	public, err := key.PublicKey()
	if err != nil {
		a.t.Fatal(err)
	}
	return public
}

// token returns the token of a subject, signed by the issuer.
func (a *authority) token(issuer, subject nkeys.KeyPair, name, claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"typ":"JWT","alg":"ed25519-nkey"}`)) + "." + encode(fmt.Appendf(nil,
		`{"jti":"%s","iat":%d,"iss":%q,"name":%q,"sub":%q,"nats":{%s,"version":2}}`,
		name, time.Now().Unix(), a.public(issuer), name, a.public(subject), claims))
	signature, err := issuer.Sign([]byte(text))
	if err != nil {
		a.t.Fatal(err)
	}
	return text + "." + encode(signature)
}

// settings returns the lines of a server's configuration that trust the authority.
func (a *authority) settings() []string {
	account := a.token(a.operator, a.account, "chat",
		`"limits":{"subs":-1,"data":-1,"payload":-1,"imports":-1,"exports":-1,"wildcards":true,"conn":-1,"leaf":-1},"type":"account"`)
	return []string{
		"operator: " + a.token(a.operator, a.operator, "operator", `"type":"operator"`),
		"resolver: MEMORY",
		fmt.Sprintf("resolver_preload: { %s: %s }", a.public(a.account), account),
	}
}

// creds writes a file of credentials.
func (a *authority) creds(t *testing.T, name string) string {
	t.Helper()
	user, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), name+".creds")
	text := "-----BEGIN NATS USER JWT-----\n" + a.token(a.account, user, name, `"subs":-1,"data":-1,"payload":-1,"type":"user"`) +
		"\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n" + string(seed) + "\n------END USER NKEY SEED------\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
