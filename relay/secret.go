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
		var err error
		if secret, err = os.ReadFile(f.JWTSecretFile); err != nil {
			return nil, fmt.Errorf("--jwt-secret-file: %w", err)
		}
		// Editors and echo end a file with a line break that nobody meant.
		secret = bytes.TrimRight(secret, "\r\n")
		from = "--jwt-secret-file"
	} else if len(secret) == 0 {
		return nil, errNoSecret
	}
	k, err := auth.NewKeeper(secret)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	return k, nil
}

// keeperForDemo makes up a secret where none was given.
func (f secretFlags) keeperForDemo() (*auth.Keeper, error) {
	k, err := f.keeper()
	if !errors.Is(err, errNoSecret) {
		return k, err
	}
	secret := make([]byte, auth.SecretBytesMin)
	_, _ = rand.Read(secret) // never fails
	return auth.NewKeeper(secret)
}
