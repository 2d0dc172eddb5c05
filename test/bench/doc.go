// Bench measures a relay and compares it with the limits of the machine: `make bench`.
//
// The relay is the real binary, on one core of two; the load is this process, on the other. One goroutine holds all its
// connections in one epoll set and speaks the real protocol on each: hello, join, send, ping, a catch-up over REST after a gap,
// backoff after the end of a connection.
//
// A run measures two limits, too. The bare broadcaster (bareServer) only hands messages on: it has no HTTP framework, no store,
// no tokens. The raw disk (fdatasyncs) makes 8 KiB durable as often as it can.
//
// The files bench (BENCH=files) has a second process that uploads, too.
//
// The hostile bench (BENCH=hostile) has a second process beside the load: 500 hostile clients, of one kind after another
// (HOSTILE=kind,kind chooses some). Its limit is the wait of the good clients when they are alone.
//
// The cluster bench (BENCH=cluster) compares three relays on a real PostgreSQL and NATS with one.
//
// The main type is suite. A new benchmark is a method of it in a new file, and an entry of benches; a new attack is an entry of
// attacks. The command must not know the relay's packages: it measures the program from outside.
//
// # What makes a run fail
//
// While it measures, the load checks the relay's promises: on each connection the revs follow one another without a hole,
// every member gets the same message at the same rev, and every send takes one rev and no more. A lost or doubled message ends
// the run with exit code 1. A missed target does not: the report says by how much.
package main
