package main

import (
	"hallway/keeper"
	"hallway/relay/system"
)

// keeperCommand is a client of any relay. It shares no code with the relay but the program.
type keeperCommand struct {
	Relay              string   `required:"" env:"HALLWAY_KEEPER_RELAY" placeholder:"URL" help:"The relay's address, as pages give it: https://chat.example.org."`
	Rooms              []string `required:"" aliases:"room" env:"HALLWAY_KEEPER_ROOMS" placeholder:"ROOM" help:"An encrypted room; may be repeated or separated by commas. Each room takes a connection of the keeper's user (--conns-per-user of the relay)."`
	Issuer             string   `required:"" env:"HALLWAY_KEEPER_ISSUER" placeholder:"URL" help:"URL of the key set that verifies certificates, as pages give it in the attribute issuer."`
	Dir                string   `required:"" env:"HALLWAY_KEEPER_DIR" placeholder:"FOLDER" help:"Folder of the device's private keys; it is made if it is missing. Each keeper needs its own. Anybody who reads it can read the rooms."`
	TokenCommand       string   `required:"" env:"HALLWAY_KEEPER_TOKEN_COMMAND" placeholder:"COMMAND" help:"Command, run by sh, that prints a token of the keeper's user for all the rooms."`
	CertificateCommand string   `required:"" env:"HALLWAY_KEEPER_CERTIFICATE_COMMAND" placeholder:"COMMAND" help:"Command, run by sh, that prints a certificate of the keeper's user for all the rooms and for the key whose thumbprint is in the variable HALLWAY_JKT."`
	LogLevel           string   `enum:"debug,info,warn,error" default:"info" env:"HALLWAY_LOG_LEVEL" help:"The lowest level to log: debug, info, warn or error."`
}

// Run serves as a keeper of rooms until a signal ends it.
func (c *keeperCommand) Run() error {
	o := keeper.Options{
		Relay: c.Relay, Rooms: c.Rooms, Issuer: c.Issuer, Dir: c.Dir,
		TokenCommand: c.TokenCommand, CertificateCommand: c.CertificateCommand,
		Client: "hallway-keeper/" + version, Log: newLogger(c.LogLevel),
	}
	k, err := keeper.New(o)
	if err != nil {
		return err
	}
	ctx, stop := system.UntilSignal()
	defer stop()
	o.Log.Info("keeping", "relay", o.Relay, "rooms", o.Rooms, "version", version)
	k.Run(ctx)
	return nil
}
