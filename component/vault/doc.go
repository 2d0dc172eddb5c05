// Package vault carries out the cryptography that the chat's core asks for in an end-to-end
// encrypted room.
//
// The main type is [Vault], a driver.Vault. It knows the formats (package e2ee), and gets the device's
// certificate and the issuer's keys from the host. An [e2ee.Cipher] holds the device's keys and the
// secrets: component/element/e2ee.js in a browser, e2ee/native elsewhere.
//
// To add an op, add a case to call.do and a method to ops.go that makes its bytes.
//
// # What this package must not know
//
// When to encrypt, which devices may have a key, and the rights that a certificate gives: the core
// decides these. Ciphers, sockets and the page.
package vault
