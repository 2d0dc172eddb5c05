// Package relaytest holds the helpers that the tests of several packages of the relay share: a WebSocket client, the
// main type [Client], stores that count, and a verifier that accepts every token. A helper for one package stays beside
// its tests. The package must not know HTTP routes, SQL and the command line.
package relaytest
