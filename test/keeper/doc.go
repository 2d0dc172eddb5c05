// Package keeper holds the tests of `hallway keeper`: the real program beside a real relay, an issuer over HTTP, and people
// with the chat's own client, vault and native ciphers.
package keeper
