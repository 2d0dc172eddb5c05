// Hallway is the relay's command: `hallway serve` runs a relay, `hallway token` prints a token for it, and other
// commands maintain its database. The main type is commandLine. Each command has a file of its name; a new one is a
// struct with a method Run and a field of commandLine. Flags that several commands share have separate files.
//
// This package reads flags and the environment, reports an error in them in one line, and connects the other packages: wire.go
// builds a relay. It must not know frames and messages, nor how certificates, token secrets and places of files work.
package main
