package certificate

import (
	"testing"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"

	"hallway/relay/relaytest"
)

// TestEarliestExpiryCounts checks that the earliest end counts, and the new end of a renewed certificate.
func TestEarliestExpiryCounts(t *testing.T) {
	const domain = "chat.example.org"
	a := &authority{domains: []string{domain, "team.example.org"}}
	a.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return a.magic, nil }, Logger: zap.NewNop(),
	})
	t.Cleanup(a.cache.Stop)
	a.magic = certmagic.New(a.cache, certmagic.Config{Storage: &certmagic.FileStorage{Path: t.TempDir()}, Logger: zap.NewNop()})
	now := time.Now().Truncate(time.Second)
	for _, step := range []struct {
		name       string
		ends, want time.Time
	}{
		{domain, now.Add(time.Hour), time.Time{}},
		{"team.example.org", now.Add(2 * time.Hour), now.Add(time.Hour)},
		{domain, now.Add(3 * time.Hour), now.Add(2 * time.Hour)},
	} {
		cert, key := relaytest.CertificateFor(t, 1, now.Add(-time.Hour), step.ends, step.name)
		if _, err := a.magic.CacheUnmanagedCertificatePEMBytes(t.Context(), []byte(cert), []byte(key), nil); err != nil {
			t.Fatal(err)
		}
		if got := a.ends(); !got.Equal(step.want) {
			t.Errorf("with one for %s: %v, want %v", step.name, got, step.want)
		}
	}
}
