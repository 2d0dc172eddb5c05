// Package server answers HTTP, by Fiber.
//
//	/v1/ws                     the upgrade; then the engine owns the connection
//	/v1/rooms                  the rooms that a token opens, from the store
//	/v1/rooms/{room}           one of them; its changes go through the hub
//	…/members                  from the store; the hub knows who is here
//	…/messages                 pages of history, from memory or the store; sends
//	…/messages/{id}            one message; its changes go through the hub
//	…/messages/{id}/pin        its pin, likewise
//	…/messages/{id}/reactions  its reactions, likewise
//	…/files/{id}               uploads, which are read from the connection itself; the bytes of files
//	…/files/{id}/link          a URL that opens a file without a token
//	/v1/openapi.json           a description of all routes
//	/healthz /readyz           liveness, readiness
//	/metrics                   Prometheus text, for this machine; or by a MetricsServer
//	/ /demo/token              the demo, with --demo
//
// Every answer carries the security headers and, for allowed origins, those of CORS. Every refusal is an RFC 9457
// problem document with one of the protocol's codes.
//
// The main type is [Server]; its comment lists its parts. For a new route, add a method to messages, rooms or
// moderation, a line to its addTo or to Server.routes, and an entry to openapi.json, which a test demands. [Metrics]
// holds all measurements. Before the HTTP parser, strict rules of our own check the bytes of connections: framing.go,
// request.go, httpconn.go.
//
// # What this package must not know
//
// SQL, the command line, the source of the secret. Limits belong to package guard. Tokens, queries of URLs and texts of
// messages never get into a log.
package server
