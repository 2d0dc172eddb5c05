package main

import (
	"errors"

	"hallway/protocol"
	"hallway/store/sqlite"
)

// dbFlag names the database of a command.
type dbFlag struct {
	DB string `name:"db" default:"hallway.db" env:"HALLWAY_DB" help:"The database's file."`
}

// userFlag names the user of a command.
type userFlag struct {
	User string `required:"" help:"The user's id."`
}

func (f *userFlag) check() error {
	if !protocol.ValidUser(f.User) {
		return errors.New("--user: this is no valid id of a user")
	}
	return nil
}

// begun makes an error a failure, unless the command could not begin its work.
func begun(err error) error {
	if err == nil || errors.As(err, new(sqlite.NotBegunError)) {
		return err
	}
	return failure{err}
}
