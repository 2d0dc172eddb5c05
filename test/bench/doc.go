// Bench measures a relay against what the machine can do at all: `make bench`.
//
// The relay is the real binary, on one core where there are two; the load is
// this process, on the other. One goroutine holds all its connections in one
// epoll set and speaks the real protocol on each: hello, join, send, ping, a
// catch-up over REST where there is a gap, backoff where the connection ends.
//
// Two limits are measured in the same run. The bare broadcaster (bareServer) is
// a relay without everything that makes one: no HTTP framework, no store, no
// tokens. The raw disk (fdatasyncs) is how often 8 KiB can be made durable.
//
// The hostile bench (BENCH=hostile) has a second process beside the load: 500
// clients that mean harm, of one kind after another, HOSTILE=kind,kind for some.
// Its limit is what the good clients wait when they are alone.
//
// # What makes a run fail
//
// While it measures, the load checks what the relay promises: on each
// connection the revs follow one another without a hole, every member gets the
// same message at the same rev, and every send takes one rev and no more. A
// message lost or doubled ends the run with exit code 1. A target that is
// missed does not: it is told, with by how much.
package main
