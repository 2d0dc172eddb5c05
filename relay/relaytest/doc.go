// Package relaytest holds what the tests of several packages of the relay share: a WebSocket client in a few
// lines, stores in memory, and a verifier that lets everybody in. The main type is [Client]. To share another helper, add it here;
// a helper of one package belongs to that package. The package must not know HTTP routes or a database.
package relaytest
