package certificate

import (
	"bytes"
	"encoding/pem"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hallway/relay/relaytest"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// watched is the certificate in the files of a folder, as a relay serves it.
type watched struct {
	t *testing.T
	Source
	log bytes.Buffer
}

// openWatched opens the files of a folder and checks them once.
func openWatched(t *testing.T, folder string) *watched {
	t.Helper()
	l := &watched{t: t}
	var err error
	flags := Flags{Cert: filepath.Join(folder, "cert"), Key: filepath.Join(folder, "key")}
	if l.Source, err = flags.Open(folder, slog.New(slog.NewTextHandler(&l.log, nil))); err != nil {
		t.Fatal(err)
	}
	l.check()
	return l
}

func (l *watched) check() { l.Watch.Check(slog.New(slog.NewTextHandler(&l.log, nil))) }

// wantServed fails the test unless handshakes show this certificate.
func (l *watched) wantServed(cert string) {
	l.t.Helper()
	pair, err := l.Config.GetCertificate(nil)
	if err != nil {
		l.t.Fatal(err)
	}
	if block, _ := pem.Decode([]byte(cert)); !bytes.Equal(pair.Certificate[0], block.Bytes) {
		l.t.Errorf("another certificate is served; the log: %s", l.log.String())
	}
}

// TestCertificatesBehindLinks changes links as certbot does, which replaces the links to the two files one after the other, and as
// Kubernetes does, which replaces one link to their folder.
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
				cert, key := relaytest.Certificate(t, 1)
				write(t, filepath.Join(renewal, "cert"), cert)
				write(t, filepath.Join(renewal, "key"), key)
				lay(folder, renewal)
				return cert
			}
			first := renew()
			l := openWatched(t, folder)
			l.wantServed(first)
			second := renew()
			l.check()
			l.wantServed(second)
			if !strings.Contains(l.log.String(), "contents reloaded") {
				t.Errorf("the log does not tell: %s", l.log.String())
			}
		})
	}
}

// TestAKeyThatDoesNotFit checks that the old certificate is served, and that the log says so once, until the two files belong together.
func TestAKeyThatDoesNotFit(t *testing.T) {
	folder := t.TempDir()
	first, key := relaytest.Certificate(t, 1)
	write(t, filepath.Join(folder, "cert"), first)
	write(t, filepath.Join(folder, "key"), key)
	l := openWatched(t, folder)

	second, key := relaytest.Certificate(t, 2)
	write(t, filepath.Join(folder, "cert"), second)
	l.check()
	l.check()
	l.wantServed(first)
	if log := l.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, "private key does not match public key") {
		t.Errorf("the log: %s", log)
	}
	write(t, filepath.Join(folder, "key"), key)
	l.check()
	l.wantServed(second)
}
