// Package keeper tests `hallway keeper`: the real program beside a real relay, an issuer over HTTP, and users with the chat's own
// client, vault and native ciphers.
//
// Start with keeper_test.go, which has the issuer (host) and the keeper's process. A new case is a test beside it. The package
// must not know how a keeper decides.
package keeper
