// Package server is the relay's face: HTTP by Fiber, and the shell around the
// hub.
//
//	GET  /v1/ws                       the upgrade; then the connection is the Engine's
//	GET  /v1/rooms/{room}/messages    a page of history, from memory or the store
//	POST /v1/rooms/{room}/messages    a send, through the hub
//	GET  /healthz, /readyz, /metrics  liveness, readiness, Prometheus text
//	GET  /, POST /demo/token          the demo, where it is asked for
//
// Every answer carries the security headers and, to an origin on the
// allow-list, those of CORS; every refusal is an RFC 9457 problem document with
// one of the protocol's codes.
//
// # What this package must not know
//
// SQL, the command line, where the secret comes from. Nothing of a token, of a
// URL's query or of a message's text comes into a log.
package server
