package main

import (
	"errors"

	"hallway/protocol"
)

// userFlag names the user of a command.
type userFlag struct {
	User string `required:"" help:"The user's id."`
}

func (f *userFlag) check() error {
	if !protocol.ValidUser(f.User) {
		return errors.New("--user: this is not a valid user id")
	}
	return nil
}
