// Package secret reads the keys that sign tokens, from the environment, a file or a key set, and the demands that
// tokens must meet. The main type is [KeyFlags], the flags of a relay; [Flags] are those of a command that needs only
// the secret. A new demand is a field of [DemandFlags].
//
// The package must not know connections, and never puts a secret into an error.
package secret

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"hallway/relay/auth"
	"hallway/relay/reload"
)

// variable is the name of the environment variable with the secret. There is no flag for the secret, because other
// users of the machine can read a process's flags.
const variable = "HALLWAY_JWT_SECRET"

// Flags name the secret that signs tokens.
type Flags struct {
	DemandFlags
	JWTSecretFile string `name:"jwt-secret-file" placeholder:"FILE" help:"File with the secret that signs tokens, at least 32 bytes. By default the environment variable HALLWAY_JWT_SECRET holds it."`
}

var errNoSecret = errors.New("no token secret: set " + variable + " (at least 32 bytes) or give --jwt-secret-file")

// DemandFlags hold the demands that tokens must meet.
type DemandFlags struct {
	Issuer   string        `name:"jwt-issuer" env:"HALLWAY_JWT_ISSUER" placeholder:"ISS" help:"The issuer that tokens must name (claim iss)."`
	Audience string        `name:"jwt-audience" env:"HALLWAY_JWT_AUDIENCE" placeholder:"AUD" help:"The audience that tokens must name (claim aud). Required with a key set, whose keys may sign tokens for other applications."`
	MaxTTL   time.Duration `name:"token-max-ttl" default:"24h" env:"HALLWAY_TOKEN_MAX_TTL" help:"Longest time until a token's expiry; the relay refuses later ones. 0 is no limit."`
}

// check refuses demands that no token can meet.
func (f DemandFlags) check() error {
	for flag, value := range map[string]string{"--jwt-issuer": f.Issuer, "--jwt-audience": f.Audience} {
		if strings.TrimSpace(value) != value {
			return fmt.Errorf("%s must not begin or end with white space", flag)
		}
	}
	if f.MaxTTL != 0 && f.MaxTTL < time.Second {
		return errors.New("--token-max-ttl must be 0, or 1s or above")
	}
	return nil
}

func (f DemandFlags) demands() auth.Demands {
	return auth.Demands{Issuer: f.Issuer, Audience: f.Audience, TTL: f.MaxTTL}
}

// Keeper returns the keeper of the given secret.
func (f Flags) Keeper() (*auth.Keeper, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	secret := []byte(os.Getenv(variable))
	from := variable
	if f.JWTSecretFile != "" {
		content, err := os.ReadFile(f.JWTSecretFile)
		if err != nil {
			return nil, fmt.Errorf("--jwt-secret-file: %w", err)
		}
		secret, from = trimSecret(content), "--jwt-secret-file"
	} else if len(secret) == 0 {
		return nil, errNoSecret
	}
	k, err := auth.NewKeeper(secret)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	k.Demand(f.demands())
	return k, nil
}

// trimSecret removes the line break that editors and echo put at the end of a file.
func trimSecret(content []byte) []byte { return bytes.TrimRight(content, "\r\n") }

// Watch returns the watch of the secret's file; nil if the secret cannot change.
func (f Flags) Watch(k *auth.Keeper) *reload.Watch {
	if f.JWTSecretFile == "" {
		return nil
	}
	return &reload.Watch{
		What: "token secret", Paths: []string{f.JWTSecretFile}, Private: map[string]string{"--jwt-secret-file": f.JWTSecretFile},
		Take: func(contents [][]byte) error { return k.ChangeSecret(trimSecret(contents[0])) },
	}
}

// KeyFlags name the secret and the key set that sign tokens.
type KeyFlags struct {
	Flags
	JWKSURL    string        `name:"jwks-url" env:"HALLWAY_JWKS_URL" placeholder:"URL" help:"URL of the public keys for tokens (a JSON Web Key Set: EdDSA, ES256, RS256), beside or in place of a secret. Read every 5 minutes and on SIGHUP. Needs --jwt-audience."`
	JWKSMaxAge time.Duration `name:"jwks-max-age" default:"24h" env:"HALLWAY_JWKS_MAX_AGE" help:"Time for which the keys stay valid while the URL cannot be read. Then their tokens are refused and their connections end."`
}

// checkKeys refuses a key set that cannot be used safely.
func (f KeyFlags) checkKeys() error {
	if f.JWKSURL == "" {
		return nil
	}
	if err := auth.CheckKeysURL(f.JWKSURL); err != nil {
		return err
	}
	if f.Audience == "" {
		return errors.New("--jwks-url needs --jwt-audience (HALLWAY_JWT_AUDIENCE): the keys may sign tokens for other applications, too")
	}
	if f.JWKSMaxAge < auth.KeysAgeLeast {
		return fmt.Errorf("--jwks-max-age must be %v or above", auth.KeysAgeLeast)
	}
	return nil
}

// Keeper returns the keeper of the secret and the keys.
func (f KeyFlags) Keeper() (*auth.Keeper, error) {
	if err := f.checkKeys(); err != nil {
		return nil, err
	}
	k, err := f.Flags.Keeper()
	if errors.Is(err, errNoSecret) && f.JWKSURL != "" {
		k = auth.NewKeylessKeeper()
		k.Demand(f.demands())
		return k, nil
	}
	if errors.Is(err, errNoSecret) {
		return nil, fmt.Errorf("%w, or --jwks-url", err)
	}
	return k, err
}

// KeeperForDemo returns the keeper of the demo, with a random secret if none is given.
func (f KeyFlags) KeeperForDemo() (*auth.Keeper, error) {
	if err := f.checkKeys(); err != nil {
		return nil, err
	}
	k, err := f.Flags.Keeper()
	if !errors.Is(err, errNoSecret) {
		return k, err
	}
	secret := make([]byte, auth.SecretBytesMin)
	_, _ = rand.Read(secret) // never fails
	if k, err = auth.NewKeeper(secret); err != nil {
		return nil, err
	}
	k.Demand(f.demands())
	return k, nil
}
