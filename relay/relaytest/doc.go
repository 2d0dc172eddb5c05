// Package relaytest holds what the tests of several packages of the relay share: a WebSocket client in a few
// lines, stores in memory, and a verifier that lets everybody in.
package relaytest
