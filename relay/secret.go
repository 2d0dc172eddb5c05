package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"hallway/relay/auth"
)

// secretVariable holds the secret; there is no flag for it, because others on
// the machine can read a process's flags.
const secretVariable = "HALLWAY_JWT_SECRET"

type secretFlags struct {
	demandFlags
	JWTSecretFile string `name:"jwt-secret-file" placeholder:"FILE" help:"File with the secret that signs the tokens, at least 32 bytes. Without it the environment variable HALLWAY_JWT_SECRET holds the secret."`
}

var errNoSecret = errors.New("no token secret: set " + secretVariable + " (at least 32 bytes) or give --jwt-secret-file")

// demandFlags are what tokens must say.
type demandFlags struct {
	Issuer   string        `name:"jwt-issuer" env:"HALLWAY_JWT_ISSUER" placeholder:"ISS" help:"What the claim iss of a token must be."`
	Audience string        `name:"jwt-audience" env:"HALLWAY_JWT_AUDIENCE" placeholder:"AUD" help:"What the claim aud of a token must be, or have in its list. Needed with a key set, whose keys may sign tokens for other applications."`
	MaxTTL   time.Duration `name:"token-max-ttl" default:"24h" env:"HALLWAY_TOKEN_MAX_TTL" help:"How far ahead a token may end: one that ends later is refused. 0 is no limit."`
}

// check refuses demands that no token could meet.
func (f demandFlags) check() error {
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

func (f demandFlags) demands() auth.Demands {
	return auth.Demands{Issuer: f.Issuer, Audience: f.Audience, TTL: f.MaxTTL}
}

// keeper makes the keeper of the secret that was given.
func (f secretFlags) keeper() (*auth.Keeper, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	secret := []byte(os.Getenv(secretVariable))
	from := secretVariable
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

// trimSecret takes off the line break with which editors and echo end a file,
// and that nobody meant.
func trimSecret(content []byte) []byte { return bytes.TrimRight(content, "\r\n") }

// watch is for a secret that changes while the relay runs; nil: none can.
func (f secretFlags) watch(k *auth.Keeper) *watch {
	if f.JWTSecretFile == "" {
		return nil
	}
	return &watch{
		what: "token secret", paths: []string{f.JWTSecretFile}, private: map[string]string{"--jwt-secret-file": f.JWTSecretFile},
		take: func(contents [][]byte) error { return k.ChangeSecret(trimSecret(contents[0])) },
	}
}

// keyFlags are the ways to know good tokens.
type keyFlags struct {
	secretFlags
	JWKSURL    string        `name:"jwks-url" env:"HALLWAY_JWKS_URL" placeholder:"URL" help:"Where the public keys are that sign the tokens (a JSON Web Key Set: EdDSA, ES256, RS256), beside or in place of a secret. Read every 5 minutes and on SIGHUP. Needs --jwt-audience."`
	JWKSMaxAge time.Duration `name:"jwks-max-age" default:"24h" env:"HALLWAY_JWKS_MAX_AGE" help:"How long its keys stay good while they cannot be read again; then their tokens are refused and their connections ended."`
}

// checkKeys refuses a key set that cannot be used safely.
func (f keyFlags) checkKeys() error {
	if f.JWKSURL == "" {
		return nil
	}
	if err := checkKeysURL(f.JWKSURL); err != nil {
		return err
	}
	if f.Audience == "" {
		return errors.New("--jwks-url needs --jwt-audience (HALLWAY_JWT_AUDIENCE): the keys may sign tokens for other applications, too")
	}
	if f.JWKSMaxAge < jwksLeastAge {
		return fmt.Errorf("--jwks-max-age must be %v or above", jwksLeastAge)
	}
	return nil
}

// keeper makes the keeper of all that was given.
func (f keyFlags) keeper() (*auth.Keeper, error) {
	if err := f.checkKeys(); err != nil {
		return nil, err
	}
	k, err := f.secretFlags.keeper()
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

// keeperForDemo makes up a secret where none was given.
func (f keyFlags) keeperForDemo() (*auth.Keeper, error) {
	if err := f.checkKeys(); err != nil {
		return nil, err
	}
	k, err := f.secretFlags.keeper()
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
