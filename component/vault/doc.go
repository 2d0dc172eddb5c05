// Package vault carries out the cryptography that the chat's core asks for in an end-to-end
// encrypted room.
//
// The main type is [Vault], a driver.Vault. It knows the formats (package e2ee) and the host's
// part: the certificate of this device and the issuer's keys. The keys and secrets themselves
// are with an [e2ee.Cipher]: component/element/e2ee.js in a browser, e2ee/native elsewhere.
//
// To carry out another op of the core, add a case to [Vault.Do], and a method to ops.go that
// makes its bytes.
//
// # What this package must not know
//
// The time to encrypt, the devices that may have a key, the rights that a certificate gives:
// the core decides these. Ciphers, sockets and the page.
package vault
