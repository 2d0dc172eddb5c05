package e2ee

import "context"

// Cipher holds a device's keys, the secrets of a room and the keys of checked devices,
// and computes with them. Private keys and secrets never leave it.
type Cipher interface {
	// Do carries out an op. in and out are lists of fields, in the format of Append; see [Op].
	Do(ctx context.Context, op Op, in []byte) (out []byte, err error)
}

// Op names an operation of a [Cipher]. Fields are raw bytes. Only ids of devices and parts of
// other formats are base64url. A public key is x and y, 64 bytes. "1" means yes, and an
// empty field means no.
type Op string

// The ops, each with its input → output. A * marks fields that may repeat.
const (
	// OpDevice loads or makes the keys of a user's device, and forgets the keys and secrets of
	// other users: relay, user, the KeyInfo of KeyID, of KeyMessage and of KeyLink →
	// sign, box, "1" if the keys end with the cipher.
	OpDevice Op = "device"
	// OpKeep stores a value of the device on disk, unless a value with a higher number is stored under
	// the name: name, number, value → the stored number.
	OpKeep Op = "keep"
	// OpKept loads a stored value: name → value, or empty.
	OpKept Op = "kept"
	// OpDigest computes SHA-256: data* → hash*.
	OpDigest Op = "digest"
	// OpSign signs with the device's key: data* → signature*.
	OpSign Op = "sign"
	// OpCheck checks devices and remembers the keys of good ones: the issuer's key set (JSON), then
	// for each device id, sign, box, JWK of sign, jkt, DeviceBytes, signature, the signed part of the
	// certificate, its signature → "1" or ""*.
	OpCheck Op = "check"
	// OpVerify verifies signatures of checked devices: (device, data, signature)* →
	// "1", "0" or, if the device is not known, ""*.
	OpVerify Op = "verify"
	// OpSecret makes a random secret: number of the turn → kid.
	OpSecret Op = "secret"
	// OpLink encrypts the previous secret: kid, previous kid, LinkAAD → link.
	OpLink Op = "link"
	// OpUnlink decrypts the previous secret and holds it: kid, previous kid, LinkAAD, link → "1" or "".
	OpUnlink Op = "unlink"
	// OpWrap encrypts a secret for devices: kid, (device, WrapInfo)* → (enc, ct)*; both are
	// empty for an unknown device.
	OpWrap Op = "wrap"
	// OpUnwrap decrypts a secret and holds it: kid, WrapInfo, enc, ct → "1" or "".
	OpUnwrap Op = "unwrap"
	// OpSeal encrypts: kid, (aad, plaintext)* → (iv, ct)*.
	OpSeal Op = "seal"
	// OpOpen decrypts: (kid, aad, iv, ct)* → ("1", "0" or, if the secret is missing, "", plaintext)*.
	OpOpen Op = "open"
	// OpSealFile encrypts files, each with a new key: data* → (key, iv, ct)*.
	OpSealFile Op = "sealFile"
	// OpOpenFile decrypts files: (key, iv, ct)* → ("1" or "0", data)*.
	OpOpenFile Op = "openFile"
)

// OwnKid names the device's own key, which the cipher derives from the private half of box in OpDevice. OpSeal and OpOpen
// take it like the kid of a secret. It encrypts data for this device alone, and nothing that is sent.
const OwnKid = "0"

// Yes is the field that means yes.
const Yes = "1"
