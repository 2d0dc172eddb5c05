// Package servers starts the servers that the relay works with, for tests: [PostgreSQL], [NATS] and [HAProxy]. Each runs as
// a process of its own, on a free port of the loopback address and in a temporary folder of its own, and ends with its test.
// Test processes that are killed leave no server behind.
//
// The main type is [Server]: a test stops, pauses, kills and starts it again, on the same port and folder. install.sh brings
// what the machine does not have. A new kind of server gets a file of its own, with a function that fills in a Server, and a
// line in install.sh.
//
// The package must not know the relay, nor what the tests do with a server.
package servers
