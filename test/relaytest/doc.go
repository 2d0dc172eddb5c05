// Package relaytest builds the real relay and runs it as a separate process, so that a kill is a real one. The main type is [Relay].
//
// A test package calls [Main] in its TestMain, and [Start] in a test; the address and the database outlive a kill.
// A program that starts its own processes uses [Build] and [FreeAddr] alone.
//
// The package must not know clients and rooms. A new wish of a test (another flag, a signal) becomes a
// parameter of Start or a method of [Relay].
package relaytest
