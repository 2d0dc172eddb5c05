// Package server is the relay's face: HTTP by Fiber.
//
//	/v1/ws                     the upgrade; then the connection is the engine's
//	/v1/rooms                  the rooms that a token opens, from the store
//	/v1/rooms/{room}           one of them; its changes go through the hub
//	…/members                  from the store; the hub knows who is here
//	…/messages                 pages of history, from memory or the store; sends
//	…/messages/{id}            one message; its changes go through the hub
//	…/messages/{id}/pin        and so do its pin
//	…/messages/{id}/reactions  and its reactions
//	/v1/openapi.json           all of these, described
//	/healthz /readyz           liveness, readiness
//	/metrics                   Prometheus text, for this machine; or by a MetricsServer
//	/ /demo/token              the demo, where it is asked for
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
