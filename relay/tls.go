package main

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
)

// certificateWarning is the time before a certificate's end from which on the relay warns: by then it should have been
// renewed.
const certificateWarning = 14 * 24 * time.Hour

type tlsFlags struct {
	Cert   string   `name:"tls-cert" env:"HALLWAY_TLS_CERT" placeholder:"FILE" help:"File with the certificate and its chain (PEM), to serve HTTPS. Reloaded when it changes."`
	Key    string   `name:"tls-key" env:"HALLWAY_TLS_KEY" placeholder:"FILE" help:"File with the certificate's private key (PEM)."`
	Domain []string `name:"tls-domain" env:"HALLWAY_TLS_DOMAIN" placeholder:"NAME" help:"Name for which to get and renew a certificate by ACME, in place of files; may be repeated. The relay must be reachable under it on port 443. By giving it you agree to the terms of the certificate authority."`
	Email  string   `name:"acme-email" env:"HALLWAY_ACME_EMAIL" placeholder:"ADDRESS" help:"Your e-mail address, for the certificate authority."`
	CA     string   `name:"acme-ca" env:"HALLWAY_ACME_CA" placeholder:"URL" help:"The ACME directory of the certificate authority; by default that of Let's Encrypt."`
}

// secured says how connections are encrypted.
type secured struct {
	config *tls.Config                         // nil: they are not encrypted
	ends   func() time.Time                    // returns the end of the certificate; zero: there is none yet
	watch  *watch                              // of the certificate's files; nil: there are none
	manage func(context.Context, *net.TCPAddr) // gets certificates while the relay listens there; nil: not needed
}

// secure checks the flags and loads the certificate. Certificates by ACME are kept in folder.
func (f tlsFlags) secure(folder string, log *slog.Logger) (secured, error) {
	switch files := f.Cert != "" || f.Key != ""; {
	case files && len(f.Domain) > 0:
		return secured{}, errors.New("give --tls-cert and --tls-key, or --tls-domain, not both")
	case files && (f.Cert == "" || f.Key == ""):
		return secured{}, errors.New("--tls-cert and --tls-key go together")
	case files:
		return f.fromFiles(log)
	case len(f.Domain) > 0:
		return f.byACME(folder, log)
	}
	return secured{}, nil
}

// settings returns the settings of all connections: HTTP/1.1, with which WebSockets begin.
func settings(protocols ...string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: append([]string{"http/1.1"}, protocols...)}
}

func (f tlsFlags) fromFiles(log *slog.Logger) (secured, error) {
	pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return secured{}, fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	var current atomic.Pointer[tls.Certificate]
	current.Store(&pair)
	warnOfEnd(log, pair.Leaf)
	s := secured{config: settings(), ends: func() time.Time { return current.Load().Leaf.NotAfter }}
	s.config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return current.Load(), nil }
	s.watch = &watch{
		what: "certificate", paths: []string{f.Cert, f.Key}, private: map[string]string{"--tls-key": f.Key},
		take: func(contents [][]byte) error {
			pair, err := tls.X509KeyPair(contents[0], contents[1])
			if err != nil {
				return err // perhaps only one of the two files is new yet
			}
			if !pair.Leaf.Equal(current.Swap(&pair).Leaf) {
				warnOfEnd(log, pair.Leaf)
			}
			return nil
		},
	}
	return s, nil
}

// warnOfEnd warns of a certificate that has ended or ends soon, at the latest after two thirds of its time.
func warnOfEnd(log *slog.Logger, cert *x509.Certificate) {
	switch left := time.Until(cert.NotAfter); {
	case left <= 0:
		log.Warn("the certificate has ended", "not_after", cert.NotAfter)
	case left < min(certificateWarning, cert.NotAfter.Sub(cert.NotBefore)/3):
		log.Warn("the certificate ends soon", "not_after", cert.NotAfter)
	}
}

// listener encrypts what ln accepts.
func (s secured) listener(ln net.Listener) net.Listener {
	if s.config == nil {
		return ln
	}
	return tls.NewListener(ln, s.config)
}
