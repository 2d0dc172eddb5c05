// Package auth makes and checks the tokens by which the relay knows its users:
// who someone is, and what role they have in which rooms.
//
// A [Keeper] holds the secret. What its Verify lets pass is a [hub.Identity],
// bounded and clean: no claim is larger than this package's limits, none holds
// a control character, every role is one of version 1's. docs/PROTOCOL.md,
// section 4, is the contract, RFC 8725 the list of what goes wrong elsewhere.
//
// An identity names the [hub.TokenKey] of the secret or key that has signed its token.
// When that secret or key goes, the keeper withdraws it, and the hub ends the sessions.
//
// # What this package must not know
//
// Connections, HTTP, files, the clock. No error of it holds any part of a
// token or of the secret.
package auth
