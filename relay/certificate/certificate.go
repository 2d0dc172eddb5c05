// Package certificate encrypts a relay's connections: with a certificate from files, or with one from a certificate
// authority by ACME, which it renews. Both may change while the relay runs. The main type is [Source], which
// [Flags.Open] makes; a new origin of certificates is one more case there and a file like acme.go.
//
// The package must not know HTTP, the hub and the database.
package certificate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"hallway/relay/reload"
)

// warnBefore is the time before a certificate's expiry at which the relay starts to warn. A renewal comes earlier.
const warnBefore = 14 * 24 * time.Hour

// Flags are the flags of a command that serves HTTPS.
type Flags struct {
	Cert   string   `name:"tls-cert" env:"HALLWAY_TLS_CERT" placeholder:"FILE" help:"File with the certificate and its chain (PEM), to serve HTTPS. Reloaded when it changes."`
	Key    string   `name:"tls-key" env:"HALLWAY_TLS_KEY" placeholder:"FILE" help:"File with the certificate's private key (PEM)."`
	Domain []string `name:"tls-domain" env:"HALLWAY_TLS_DOMAIN" placeholder:"NAME" help:"Name for which to get and renew a certificate by ACME, in place of files; may be repeated. The relay must be reachable under it on port 443. By giving it you agree to the terms of the certificate authority."`
	Email  string   `name:"acme-email" env:"HALLWAY_ACME_EMAIL" placeholder:"ADDRESS" help:"Your e-mail address, for the certificate authority."`
	CA     string   `name:"acme-ca" env:"HALLWAY_ACME_CA" placeholder:"URL" help:"The ACME directory of the certificate authority; by default that of Let's Encrypt."`
}

// Source holds the encryption of connections. The zero Source does not encrypt.
type Source struct {
	Config *tls.Config                         // nil: connections are not encrypted
	Ends   func() time.Time                    // returns the expiry of the certificate; zero: there is none yet
	Watch  *reload.Watch                       // watches the certificate's files; nil: it has none
	Manage func(context.Context, *net.TCPAddr) // gets certificates while the relay listens on the address; nil: there is nothing to get
}

// Open checks the flags and loads the certificate. Certificates by ACME are kept in folder.
func (f Flags) Open(folder string, log *slog.Logger) (Source, error) {
	switch files := f.Cert != "" || f.Key != ""; {
	case files && len(f.Domain) > 0:
		return Source{}, errors.New("give --tls-cert and --tls-key, or --tls-domain, not both")
	case files && (f.Cert == "" || f.Key == ""):
		return Source{}, errors.New("--tls-cert and --tls-key go together")
	case files:
		return f.fromFiles(log)
	case len(f.Domain) > 0:
		return f.byACME(folder, log)
	}
	return Source{}, nil
}

// settings returns the TLS settings of all connections: HTTP/1.1, because WebSockets start with it.
func settings(protocols ...string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: append([]string{"http/1.1"}, protocols...)}
}

// fromFiles loads the certificate from files.
func (f Flags) fromFiles(log *slog.Logger) (Source, error) {
	pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return Source{}, fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	var current atomic.Pointer[tls.Certificate]
	current.Store(&pair)
	warnOfEnd(log, pair.Leaf)
	s := Source{Config: settings(), Ends: func() time.Time { return current.Load().Leaf.NotAfter }}
	s.Config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return current.Load(), nil }
	s.Watch = &reload.Watch{
		What: "certificate", Paths: []string{f.Cert, f.Key}, Private: map[string]string{"--tls-key": f.Key},
		Take: func(contents [][]byte) error {
			pair, err := tls.X509KeyPair(contents[0], contents[1])
			if err != nil {
				return err // maybe only one of the two files is new yet
			}
			if !pair.Leaf.Equal(current.Swap(&pair).Leaf) {
				warnOfEnd(log, pair.Leaf)
			}
			return nil
		},
	}
	return s, nil
}

// warnOfEnd warns of a certificate that has expired or expires soon, at the latest after two thirds of its lifetime.
func warnOfEnd(log *slog.Logger, cert *x509.Certificate) {
	switch left := time.Until(cert.NotAfter); {
	case left <= 0:
		log.Warn("the certificate has ended", "not_after", cert.NotAfter)
	case left < min(warnBefore, cert.NotAfter.Sub(cert.NotBefore)/3):
		log.Warn("the certificate ends soon", "not_after", cert.NotAfter)
	}
}

// Listener returns a listener whose connections are those of ln, encrypted if the source encrypts.
func (s Source) Listener(ln net.Listener) net.Listener {
	if s.Config == nil {
		return ln
	}
	return tls.NewListener(ln, s.Config)
}
