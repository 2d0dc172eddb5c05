// Package servers starts the relay's servers for tests: [PostgreSQL], [NATS] and [HAProxy]. Each runs as
// a separate process, on a free port of the loopback address and in a temporary folder, and ends with its test.
// Test processes that are killed leave no server behind.
//
// The main type is [Server]: a test stops, pauses, kills and starts it again, on the same port and folder. install.sh brings
// the missing programs. For a new kind of server, add a file with a function that fills in a Server, and a
// line in install.sh.
//
// The package must not know the relay or the tests.
package servers
