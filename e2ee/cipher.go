package e2ee

import "context"

// Cipher holds a device's keys, the secrets of a room and the keys of devices that were
// checked, and computes with them. Private keys and secrets never leave it.
type Cipher interface {
	// Do carries out an op. in and out are lists of fields, as Append makes them; see [Op].
	Do(ctx context.Context, op Op, in []byte) (out []byte, err error)
}

// Op names what a [Cipher] does. Bytes are bare: no field is base64url but an id of a device
// and what is part of other formats. Public keys are x and y, 64 bytes. "1" is yes, and an
// empty field no.
type Op string

// The ops, each with its fields. A * marks fields that may come many times.
const (
	// OpDevice loads the keys of a user's device, or makes them, and forgets what it knows of
	// others: relay, user, the KeyInfo of KeyID, of KeyMessage and of KeyLink →
	// sign, box, "1" if the keys live only as long as the cipher.
	OpDevice Op = "device"
	// OpKeep keeps a value of the device on disk, unless one of a higher number is kept under the
	// name: name, number, value → number that is kept now.
	OpKeep Op = "keep"
	// OpKept → value; empty: there is none. It takes a name.
	OpKept Op = "kept"
	// OpDigest computes SHA-256: data* → hash*.
	OpDigest Op = "digest"
	// OpSign signs by the device: data* → signature*.
	OpSign Op = "sign"
	// OpCheck checks devices and remembers the keys of good ones: the issuer's key set (JSON), then
	// for each device id, sign, box, JWK of sign, jkt, DeviceBytes, signature, the signed part of the
	// certificate, its signature → "1" or ""*.
	OpCheck Op = "check"
	// OpVerify verifies signatures of checked devices: (device, data, signature)* →
	// "1", "0" or, if the device is not known, ""*.
	OpVerify Op = "verify"
	// OpSecret makes a secret: number of the turn → kid.
	OpSecret Op = "secret"
	// OpLink encrypts the secret before with another: kid, the kid before, LinkAAD → link.
	OpLink Op = "link"
	// OpUnlink takes the secret before: kid, the kid before, LinkAAD, link → "1" or "".
	OpUnlink Op = "unlink"
	// OpWrap encrypts a secret for devices: kid, (device, WrapInfo)* → (enc, ct)*; both are
	// empty for a device that is not known.
	OpWrap Op = "wrap"
	// OpUnwrap takes a secret: kid, WrapInfo, enc, ct → "1" or "".
	OpUnwrap Op = "unwrap"
	// OpSeal encrypts: kid, (aad, plaintext)* → (iv, ct)*.
	OpSeal Op = "seal"
	// OpOpen decrypts: (kid, aad, iv, ct)* → ("1", "0" or, if there is no such secret, "", plaintext)*.
	OpOpen Op = "open"
	// OpSealFile encrypts files, each with a fresh key: data* → (key, iv, ct)*
	OpSealFile Op = "sealFile"
	// OpOpenFile decrypts files: (key, iv, ct)* → ("1" or "0", data)*
	OpOpenFile Op = "openFile"
)

// Yes is the field that says yes.
const Yes = "1"
