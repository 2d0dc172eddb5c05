// Package e2ee holds the formats of end-to-end encrypted rooms: the bytes that are signed,
// bound or encrypted, and how a message's plaintext is laid out. docs/PROTOCOL.md is the same
// in prose.
//
// # Formats
//
// Everything that is signed or bound begins with [T], which puts the length before each
// field, so that two different inputs never have the same bytes:
//
//	DeviceBytes    signed by a device: its box key is this user's
//	TurnBytes      signed by a device: a new secret of a room
//	LinkAAD        bound to the secret before, encrypted with the next one
//	WrapInfo       bound to a secret, encrypted for a device by HPKE
//	Place.AAD      bound to a message: its place in the room
//	ContentBytes   signed by a device: a message's content, at its place
//
// A plaintext is the device's id, its signature, the content and a padding: [Plaintext]
// and [ReadPlaintext]. A content is an edit's number and the JSON of a [protocol.Content]:
// [AppendContent] and [ReadContent].
//
// A [Certificate] is a JWT by which the host's token issuer vouches for a device.
//
// To sign or bind something new, add a new label, a function here, and vectors in
// e2ee/native/testdata.
//
// # What this package must not know
//
// Ciphers: e2ee/native has those of Go, and component/element/e2ee.js those of a browser.
// It imports no package that would make the browser build much larger.
package e2ee
