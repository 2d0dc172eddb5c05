package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"sync/atomic"

	"github.com/caddyserver/certmagic"
	"github.com/mholt/acmez/v3"
	"go.uber.org/zap"
)

type tlsFlags struct {
	Cert   string   `name:"tls-cert" env:"HALLWAY_TLS_CERT" placeholder:"FILE" help:"File with the certificate and its chain (PEM), to serve HTTPS. Taken over anew when it changes."`
	Key    string   `name:"tls-key" env:"HALLWAY_TLS_KEY" placeholder:"FILE" help:"File with the certificate's private key (PEM)."`
	Domain []string `name:"tls-domain" env:"HALLWAY_TLS_DOMAIN" placeholder:"NAME" help:"Name for which to get and renew a certificate by ACME, in place of files; may be repeated. The relay must be reached under it on port 443. To give it is to agree to the terms of the certificate authority."`
	Email  string   `name:"acme-email" env:"HALLWAY_ACME_EMAIL" placeholder:"ADDRESS" help:"Where the certificate authority may write to."`
	CA     string   `name:"acme-ca" env:"HALLWAY_ACME_CA" placeholder:"URL" help:"The ACME directory of the certificate authority; Let's Encrypt unless told."`
}

// secured is how connections are encrypted.
type secured struct {
	config *tls.Config // nil: they are not
	watch  *watch      // for certificate files that change; nil: there are none
	manage func(context.Context) error
}

// secure checks the flags and loads the certificate. folder is where
// certificates had by ACME are kept.
func (f tlsFlags) secure(folder string) (secured, error) {
	switch files := f.Cert != "" || f.Key != ""; {
	case files && len(f.Domain) > 0:
		return secured{}, errors.New("give --tls-cert and --tls-key, or --tls-domain, not both")
	case files && (f.Cert == "" || f.Key == ""):
		return secured{}, errors.New("--tls-cert and --tls-key go together")
	case files:
		return f.fromFiles()
	case len(f.Domain) > 0:
		return f.byACME(folder), nil
	}
	return secured{}, nil
}

// settings are for all that is served: HTTP/1.1, because a WebSocket begins as
// that here.
func settings(protocols ...string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: append([]string{"http/1.1"}, protocols...)}
}

func (f tlsFlags) fromFiles() (secured, error) {
	pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return secured{}, fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	var current atomic.Pointer[tls.Certificate]
	current.Store(&pair)
	s := secured{config: settings()}
	s.config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return current.Load(), nil }
	s.watch = &watch{
		what: "certificate", paths: []string{f.Cert, f.Key},
		take: func(contents [][]byte) error {
			pair, err := tls.X509KeyPair(contents[0], contents[1])
			if err != nil {
				return err // perhaps only one of the two files is new yet
			}
			current.Store(&pair)
			return nil
		},
	}
	return s, nil
}

// byACME gets certificates by the challenge that needs no other port
// (TLS-ALPN-01, RFC 8737).
func (f tlsFlags) byACME(folder string) secured {
	quiet := zap.NewNop() // what goes wrong is told by manage, and by each handshake
	storage := &certmagic.FileStorage{Path: filepath.Join(folder, "certificates")}
	var magic *certmagic.Config
	cache := certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return magic, nil },
		Logger:           quiet,
	})
	magic = certmagic.New(cache, certmagic.Config{Storage: storage, Logger: quiet})
	ca := f.CA
	if ca == "" {
		ca = certmagic.LetsEncryptProductionCA
	}
	magic.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(magic, certmagic.ACMEIssuer{
		CA: ca, Email: f.Email, Agreed: true, DisableHTTPChallenge: true, Logger: quiet,
	})}
	s := secured{config: settings(acmez.ACMETLS1Protocol)}
	s.config.GetCertificate = magic.GetCertificate
	s.manage = func(ctx context.Context) error { return magic.ManageAsync(ctx, f.Domain) }
	return s
}

// listener encrypts what ln accepts.
func (s secured) listener(ln net.Listener) net.Listener {
	if s.config == nil {
		return ln
	}
	return tls.NewListener(ln, s.config)
}
