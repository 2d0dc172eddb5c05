// Package auth issues and checks tokens, which name users and their role in each room.
//
// The main type is [Keeper]. It holds the secret and the keys, and its Verify turns a good token into a [hub.Identity],
// bounded and clean: no claim exceeds this package's limits or holds a control character, and every role is one of
// version 1. docs/PROTOCOL.md, section 4, is the contract; RFC 8725 lists the known mistakes. A [Gate] stands before a
// Keeper and limits the bad tokens of each address. A [KeyPoller] reads a key set from its URL. For a new claim, see
// readClaims; for a new demand on tokens, [Demands].
//
// An identity names the [hub.TokenKey] of the secret or key that signed its token. When the secret or key is removed,
// the keeper withdraws the TokenKey, and the hub ends its sessions.
//
// # What this package must not know
//
// Connections, routes, files. Only the poller reads the clock and makes requests. No error contains any part of a token
// or of the secret.
package auth
