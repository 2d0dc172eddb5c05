// Hallway is the relay's command: `hallway serve` runs a relay, `hallway token`
// prints a token for it.
//
// This package reads flags, environment and files, says in one line what is
// wrong with them, and wires the other packages together. It must not know what
// a frame or a message is.
package main
