package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"

	"hallway/relay/auth"
)

// secretVariable holds the secret; there is no flag for it, because others on
// the machine can read a process's flags.
const secretVariable = "HALLWAY_JWT_SECRET"

type secretFlags struct {
	JWTSecretFile string `name:"jwt-secret-file" placeholder:"FILE" help:"File with the secret that signs the tokens, at least 32 bytes. Without it the environment variable HALLWAY_JWT_SECRET holds the secret."`
}

var errNoSecret = errors.New("no token secret: set " + secretVariable + " (at least 32 bytes) or give --jwt-secret-file")

// keeper makes the keeper of the secret that was given.
func (f secretFlags) keeper() (*auth.Keeper, error) {
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
		what: "token secret", paths: []string{f.JWTSecretFile},
		take: func(contents [][]byte) error { return k.ChangeSecret(trimSecret(contents[0])) },
	}
}

// keyFlags are the ways to know good tokens.
type keyFlags struct {
	secretFlags
	JWKSURL string `name:"jwks-url" env:"HALLWAY_JWKS_URL" placeholder:"URL" help:"Where the public keys are that sign the tokens (a JSON Web Key Set: EdDSA, ES256, RS256), beside or in place of a secret."`
}

// keeper makes the keeper of all that was given.
func (f keyFlags) keeper() (*auth.Keeper, error) {
	if f.JWKSURL != "" {
		if err := checkKeysURL(f.JWKSURL); err != nil {
			return nil, err
		}
	}
	k, err := f.secretFlags.keeper()
	if errors.Is(err, errNoSecret) && f.JWKSURL != "" {
		return auth.NewKeylessKeeper(), nil
	}
	if errors.Is(err, errNoSecret) {
		return nil, fmt.Errorf("%w, or --jwks-url", err)
	}
	return k, err
}

// keeperForDemo makes up a secret where none was given.
func (f keyFlags) keeperForDemo() (*auth.Keeper, error) {
	k, err := f.secretFlags.keeper()
	if !errors.Is(err, errNoSecret) {
		return k, err
	}
	secret := make([]byte, auth.SecretBytesMin)
	_, _ = rand.Read(secret) // never fails
	return auth.NewKeeper(secret)
}
