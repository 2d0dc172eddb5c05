// Package e2ee defines the formats of end-to-end encrypted rooms: the bytes that are signed,
// bound or encrypted, and the layout of a message's plaintext. docs/PROTOCOL.md describes the
// same formats.
//
// # Formats
//
// All signed or bound bytes are made by [T], which writes the length before each field, so
// that two different inputs never have the same bytes:
//
//	DeviceBytes    signed by a device: its box key belongs to this user
//	TurnBytes      signed by a device: a new secret of a room
//	LinkAAD        bound to the previous secret, encrypted with the next one
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
// To sign or bind something new, add a label, a function in this package, and vectors in
// e2ee/native/testdata.
//
// # What this package must not know
//
// Ciphers: they are in e2ee/native for Go, and in component/element/e2ee.js for a browser.
// This package imports no package that would make the browser build much larger.
package e2ee
