// Hallway is the relay's command: `hallway serve` runs a relay, `hallway token` prints a token for it, and others look
// after its database. Each command has a file of its name; a new one is a struct with a method Run and a field of
// commandLine, the main type.
//
// This package reads flags, environment and files, reports in one line what is wrong with them, and connects the other
// packages: wire.go builds a relay. It must not know what a frame or a message is.
package main
