// Package relaytest builds the real relay and runs it as a separate process, which a test can kill by SIGKILL. The main type is [Relay].
//
// A test package calls [Main] in its TestMain, and [Start] in a test; the address and the database outlive a kill.
// A program that starts its own processes uses only [Build] and [FreeAddr].
//
// The package must not know clients and rooms. If a test needs more, such as another flag or signal, add a parameter of Start or a
// method of [Relay].
package relaytest
