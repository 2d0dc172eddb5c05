// Hallway is the relay's command: `hallway serve` runs a relay, `hallway token` prints a token for it, and others look
// after its database. The main type is commandLine. Each command has a file of its name; a new one is a struct with a method
// Run and a field of commandLine.
//
// This package reads flags, environment and files, reports an error in them in one line, and connects the other packages:
// wire.go builds a relay. It must not know frames and messages.
package main
