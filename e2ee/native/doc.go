// Package native holds the ciphers of end-to-end encrypted rooms in Go, for clients outside of a
// browser and for tests: P-256, HPKE, HKDF and AES-GCM of the standard library.
//
// The main type is [Cipher], an implementation of [e2ee.Cipher]. component/element/e2ee.js is the
// implementation for a browser. A test in component/vault checks that both agree with
// testdata/vectors.json. [Keys] holds a device's key pairs.
//
// To add an op, name it in package e2ee, add it to ops here and in e2ee.js, and use it in the test
// of the vectors.
//
// # What this package must not know
//
// The relay, the wire, and the plaintexts: package e2ee makes the bytes.
package native
