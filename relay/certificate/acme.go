package certificate

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/caddyserver/certmagic"
	"github.com/mholt/acmez/v3"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// acmePauses are the pauses between attempts to get a first certificate; the last one repeats. The network of a
// starting machine may come up a moment later, but an authority counts failures: Let's Encrypt refuses a name after
// five in an hour.
var acmePauses = []time.Duration{2 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour}

// authority gets certificates from a certificate authority and renews them, with the challenge that needs no other port
// (TLS-ALPN-01, RFC 8737).
type authority struct {
	url     string
	email   string
	domains []string
	folder  string // the folder of the certificates
	cache   *certmagic.Cache
	magic   *certmagic.Config
	log     *slog.Logger
	failed  failures
}

// byACME checks the flags. It does not ask the authority; manage does.
func (f Flags) byACME(folder string, log *slog.Logger) (Source, error) {
	a := &authority{
		url: cmp.Or(f.CA, certmagic.LetsEncryptProductionCA), email: strings.ToLower(f.Email),
		folder: filepath.Join(folder, "certificates"), log: log,
	}
	if u, err := url.Parse(a.url); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return Source{}, errors.New("--acme-ca must be an https URL without a user")
	}
	for _, d := range f.Domain {
		if !certmagic.SubjectQualifiesForCert(d) || strings.ContainsAny(d, "*:/") || certmagic.SubjectIsIP(d) {
			return Source{}, fmt.Errorf("--tls-domain: %q is not a domain name such as chat.example.org", d)
		}
		if f.CA == "" && !certmagic.SubjectQualifiesForPublicCert(d) {
			return Source{}, fmt.Errorf("--tls-domain: Let's Encrypt gives no certificate for %q; name another authority by --acme-ca", d)
		}
		a.domains = append(a.domains, strings.ToLower(d))
	}
	a.failed = failures{LevelEnabler: zapcore.ErrorLevel, log: log, email: a.email}
	told := zap.New(a.failed)
	a.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return a.magic, nil },
		Logger:           told,
	})
	a.magic = certmagic.New(a.cache, certmagic.Config{
		Storage:           &certmagic.FileStorage{Path: a.folder},
		DefaultServerName: a.domains[0], // for clients without a name, such as probes of load balancers
		OnEvent:           a.event,
		Logger:            told,
	})
	s := Source{Config: settings(acmez.ACMETLS1Protocol), Ends: a.ends, Manage: a.manage}
	s.Config.GetCertificate = a.magic.GetCertificate
	return s, nil
}

// manage gets and renews certificates until ctx ends; it returns at once. The relay's own address addr answers the
// challenges: a relay on another port than 443 may not be allowed to listen on 443 as well.
func (a *authority) manage(ctx context.Context, addr *net.TCPAddr) {
	// A killed relay may have left locks. They are stale: this relay has opened the database, and a database has one
	// relay at a time.
	_ = os.RemoveAll(filepath.Join(a.folder, "locks"))
	host := ""
	if len(addr.IP) > 0 {
		host = addr.IP.String()
	}
	issuer := certmagic.NewACMEIssuer(a.magic, certmagic.ACMEIssuer{
		CA: a.url, Email: a.email, Agreed: true, DisableHTTPChallenge: true,
		ListenHost: host, AltTLSALPNPort: addr.Port, Logger: zap.NewNop(), // its errors are returned
	})
	a.magic.Issuers = []certmagic.Issuer{issuer}
	first := *a.magic
	first.Issuers = []certmagic.Issuer{singleTry{issuer}}
	for _, domain := range a.domains {
		go a.keep(ctx, &first, domain)
	}
}

// singleTry is an issuer that tries once; keep schedules the attempts.
type singleTry struct{ *certmagic.ACMEIssuer }

// Issue implements [certmagic.Issuer].
func (o singleTry) Issue(ctx context.Context, request *x509.CertificateRequest) (*certmagic.IssuedCertificate, error) {
	cert, err := o.ACMEIssuer.Issue(ctx, request)
	if err != nil {
		err = certmagic.ErrNoRetry{Err: err}
	}
	return cert, err
}

// keep gets a domain's certificate, or uses the stored one. After that the cache renews it.
func (a *authority) keep(ctx context.Context, first *certmagic.Config, domain string) {
	for attempt := 0; ; attempt++ {
		err := first.ObtainCertAsync(ctx, domain) // does nothing if a certificate is stored
		if err == nil {
			_, err = a.magic.CacheManagedCertificate(ctx, domain)
		}
		if err == nil {
			err = a.cache.RenewManagedCertificates(ctx) // the certificate may have expired while the relay was down
		}
		if err == nil || ctx.Err() != nil {
			return
		}
		pause := acmePauses[min(attempt, len(acmePauses)-1)]
		a.failed.tell(err, "domain", domain, "again_in", pause.String())
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
}

// ends returns the earliest expiry of the domains' certificates; zero while a domain has none.
func (a *authority) ends() (first time.Time) {
	for i, domain := range a.domains {
		var last time.Time // for a moment the cache may hold the old certificate and the new one
		for _, cert := range a.cache.AllMatchingCertificates(domain) {
			if cert.Leaf.NotAfter.After(last) {
				last = cert.Leaf.NotAfter
			}
		}
		if i == 0 || last.Before(first) {
			first = last
		}
	}
	return first
}

// event implements [certmagic.Config].OnEvent.
func (a *authority) event(_ context.Context, event string, data map[string]any) error {
	if event == "cert_obtained" {
		a.log.Info("got a certificate from the authority", "domain", data["identifier"], "renewal", data["renewal"])
	}
	return nil
}

// failures is a [zapcore.Core] that logs background failures, and drops all other log entries of certmagic.
type failures struct {
	zapcore.LevelEnabler
	log    *slog.Logger
	email  string // must not get into a log
	fields []zapcore.Field
}

// With implements [zapcore.Core].
func (f failures) With(fields []zapcore.Field) zapcore.Core {
	f.fields = slices.Concat(f.fields, fields)
	return f
}

// Check implements [zapcore.Core].
func (f failures) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if f.Enabled(e.Level) {
		return checked.AddCore(e, f)
	}
	return checked
}

// Write implements [zapcore.Core].
func (f failures) Write(e zapcore.Entry, fields []zapcore.Field) error {
	all := zapcore.NewMapObjectEncoder()
	for _, field := range slices.Concat(f.fields, fields) {
		field.AddTo(all)
	}
	_, stranger := all.Fields["remote_addr"] // a failed handshake, which any client can cause
	if stranger || e.Message == "could not get certificate from issuer" {
		return nil // the whole attempt returns this error
	}
	f.tell(fmt.Errorf("%s: %v", e.Message, all.Fields["error"]))
	return nil
}

// Sync implements [zapcore.Core].
func (failures) Sync() error { return nil }

func (f failures) tell(err error, args ...any) {
	text := err.Error()
	if f.email != "" {
		text = strings.ReplaceAll(text, f.email, "…")
	}
	f.log.Warn("no certificate from the authority", append(args, "error", text)...)
}
