package main

import (
	"errors"
	"strings"

	"hallway/relay/bus/nats"
)

// busFlags configure the bus to the other relays on the database.
type busFlags struct {
	NATS      []string `name:"nats" env:"HALLWAY_NATS" placeholder:"URL" help:"NATS server that carries news between several relays on one PostgreSQL, as nats://127.0.0.1:4222. On another machine it needs TLS: tls://nats.example.org:4222. May be repeated or separated by commas."`
	NATSCreds string   `name:"nats-creds" env:"HALLWAY_NATS_CREDS" placeholder:"FILE" help:"The credentials for --nats, as nsc writes them."`
	NATSCA    string   `name:"nats-ca" env:"HALLWAY_NATS_CA" placeholder:"FILE" help:"Certificates (PEM) of the authorities that sign those of --nats. By default the system's."`
}

// busConfig returns the configuration in the flags.
func (f *busFlags) busConfig() nats.Config {
	return nats.Config{Servers: f.NATS, Creds: f.NATSCreds, CA: f.NATSCA}
}

// checkBus returns an error in the flags, for a relay on that database.
func (f *busFlags) checkBus(db string) error {
	if len(f.NATS) == 0 {
		if f.NATSCreds != "" || f.NATSCA != "" {
			return errors.New("--nats-creds and --nats-ca need --nats, too")
		}
		return nil
	}
	config := f.busConfig()
	if err := config.Check(); err != nil {
		return err
	}
	if !strings.HasPrefix(db, "postgres://") && !strings.HasPrefix(db, "postgresql://") {
		return errors.New("--nats is for several relays on one PostgreSQL: give its address by --db postgres://…; a relay on SQLite is alone and needs no bus")
	}
	return nil
}
