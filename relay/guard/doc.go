// Package guard limits what clients may use of the relay, so that no one takes it from the others.
//
// [Bucket] is the one rate limiter; [Addresses] and [Admission] decide by it.
//
// # What this package must not know
//
// HTTP, sockets, the clock: the time comes in with each call.
package guard
