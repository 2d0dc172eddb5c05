// Package native holds the ciphers of end-to-end encrypted rooms in Go, for clients outside of a
// browser and for tests: P-256, HPKE, HKDF and AES-GCM of the standard library.
//
// The main type is [Cipher], which does what [e2ee.Cipher] promises; component/element/e2ee.js
// does the same in a browser, and testdata/vectors.json holds both to the same bytes: component/vault verifies it. [Keys]
// are a device's key pairs. [Verify] and [Thumbprint] are for whoever checks a device without
// having one.
//
// To add an op: name it in package e2ee, add it to ops here and to the object there, and use it
// in the test of the vectors.
//
// # What this package must not know
//
// The relay, the wire, and what is encrypted: package e2ee makes the bytes.
package native
