// Package memory carries news between relays of one process, in virtual time and with seeded faults, for tests and the
// simulation.
//
// The main type is [Network]. Its owner gives it a source of random numbers and a function that schedules events, and
// calls it from one goroutine; the same numbers give the same run. Messages are encoded and decoded as on a real bus. A
// new fault becomes a field of [Faults], or a method of [Member] if it concerns one relay.
//
// The package must not know the hub, the clock, goroutines.
package memory
