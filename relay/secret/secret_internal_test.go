package secret

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/auth"
)

const (
	long  = "0123456789abcdef0123456789abcdef" // as short as a secret may be
	other = "fedcba9876543210fedcba9876543210"
)

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// accepts reports whether a keeper accepts the tokens of a secret.
func accepts(t *testing.T, k *auth.Keeper, secret string) bool {
	t.Helper()
	issuer, err := auth.NewKeeper([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	token, err := issuer.Issue(auth.Claims{Sub: "u1", Role: protocol.RoleParticipant}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.Verify(time.Now(), token)
	return err == nil
}

// TestSources checks that the secret comes from the file or else from the environment, without the file's last line break.
func TestSources(t *testing.T) {
	t.Setenv(variable, long)
	for _, c := range []struct {
		flags  Flags
		secret string
	}{
		{Flags{}, long},
		{Flags{JWTSecretFile: file(t, other)}, other},
		{Flags{JWTSecretFile: file(t, other+"\n")}, other},
		{Flags{JWTSecretFile: file(t, other+"\r\n")}, other},
	} {
		k, err := c.flags.Keeper()
		if err != nil {
			t.Fatal(err)
		}
		if !accepts(t, k, c.secret) {
			t.Errorf("%+v: tokens of its secret are refused", c.flags)
		}
	}
}

// TestRefusals checks that each wrong flag is named, and that no error contains the secret.
func TestRefusals(t *testing.T) {
	const key = "https://example.org/jwks"
	for _, c := range []struct {
		flags KeyFlags
		env   string
		want  string
	}{
		{KeyFlags{}, "", "no token secret"},
		{KeyFlags{}, "sesame", variable},
		{KeyFlags{Flags: Flags{JWTSecretFile: file(t, "sesame")}}, long, "--jwt-secret-file"},
		{KeyFlags{Flags: Flags{JWTSecretFile: file(t, "") + ".missing"}}, long, "--jwt-secret-file"},
		{KeyFlags{Flags: Flags{DemandFlags: DemandFlags{Issuer: "host "}}}, long, "--jwt-issuer"},
		{KeyFlags{Flags: Flags{DemandFlags: DemandFlags{Audience: " chat"}}}, long, "--jwt-audience"},
		{KeyFlags{Flags: Flags{DemandFlags: DemandFlags{MaxTTL: time.Millisecond}}}, long, "--token-max-ttl"},
		{KeyFlags{JWKSURL: key, JWKSMaxAge: time.Hour}, long, "--jwks-url needs --jwt-audience"},
		{KeyFlags{JWKSURL: "http://example.org", Flags: Flags{DemandFlags: DemandFlags{Audience: "chat"}}}, long, "--jwks-url must be"},
		{KeyFlags{JWKSURL: key, JWKSMaxAge: time.Second, Flags: Flags{DemandFlags: DemandFlags{Audience: "chat"}}}, long, "--jwks-max-age"},
	} {
		t.Setenv(variable, c.env)
		if _, err := c.flags.Keeper(); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%+v: %v, want %q", c.flags, err, c.want)
		}
	}
}

// TestKeySetNeedsNoSecret checks that a relay with a key set needs no secret, and that a demo needs neither.
func TestKeySetNeedsNoSecret(t *testing.T) {
	t.Setenv(variable, "")
	flags := KeyFlags{
		JWKSURL: "https://example.org/jwks", JWKSMaxAge: time.Hour, Flags: Flags{DemandFlags: DemandFlags{Audience: "chat"}},
	}
	if k, err := flags.Keeper(); err != nil || accepts(t, k, long) {
		t.Errorf("with a key set: %v", err)
	}
	k, err := KeyFlags{}.KeeperForDemo()
	if err != nil {
		t.Fatal(err)
	}
	token, err := k.Issue(auth.Claims{Sub: "u1", Role: protocol.RoleParticipant}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Verify(time.Now(), token); err != nil {
		t.Errorf("a token of the demo: %v", err)
	}
}

// TestWatch checks that a changed file changes the keeper's secret, and that a short one is refused.
func TestWatch(t *testing.T) {
	if (Flags{}).Watch(nil) != nil {
		t.Error("an environment is watched")
	}
	flags := Flags{JWTSecretFile: file(t, long)}
	k, err := flags.Keeper()
	if err != nil {
		t.Fatal(err)
	}
	w := flags.Watch(k)
	if err := w.Take([][]byte{[]byte("sesame\n")}); err == nil || !accepts(t, k, long) {
		t.Errorf("a short secret: %v", err)
	}
	if err := w.Take([][]byte{[]byte(other + "\n")}); err != nil || !accepts(t, k, other) {
		t.Errorf("another secret: %v", err)
	}
}
