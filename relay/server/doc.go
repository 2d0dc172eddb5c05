// Package server is the relay's face: HTTP by Fiber.
//
//	/v1/ws                     the upgrade; then the engine owns the connection
//	/v1/rooms                  the rooms that a token opens, from the store
//	/v1/rooms/{room}           one of them; its changes go through the hub
//	…/members                  from the store; the hub knows who is here
//	…/messages                 pages of history, from memory or the store; sends
//	…/messages/{id}            one message; its changes go through the hub
//	…/messages/{id}/pin        and so do its pin
//	…/messages/{id}/reactions  and its reactions
//	…/files/{id}               uploads, which are read from the connection itself; the bytes of files
//	…/files/{id}/link          a URL that is good without a token
//	/v1/openapi.json           all of these, described
//	/healthz /readyz           liveness, readiness
//	/metrics                   Prometheus text, for this machine; or by a MetricsServer
//	/ /demo/token              the demo, where it is asked for
//
// Every answer carries the security headers and, for allowed origins, those of CORS. Every refusal is an RFC 9457
// problem document with one of the protocol's codes.
//
// The main type is [Server]; it lists its parts. For a new route, add a method to messages, rooms or moderation, a line
// to its addTo or to Server.routes, and an entry to openapi.json, which a test demands. [Metrics] holds all that is
// measured. Connections are read by rules of our own before the HTTP parser: framing.go, request.go, httpconn.go.
//
// # What this package must not know
//
// SQL, the command line, where the secret comes from. Limits are package guard's. No token, no query of a URL and no
// text of a message gets into a log.
package server
