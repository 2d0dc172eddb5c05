// Package relaytest builds the real relay and runs it as a process of its own, so that a kill is a kill.
//
// A test package calls [Main] in its TestMain, and [Start] in a test; the address and the database outlive a kill.
// A program that has its own way of starting processes uses [Build] and [FreeAddr] alone.
//
// The package knows nothing of clients and rooms. What more a test asks of a relay (another flag, a signal) becomes a
// parameter of Start or a method of [Relay].
package relaytest
