package e2ee

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"

	"hallway/protocol"
)

// Append appends a field to dst, after its length in 4 bytes, big endian. It is not
// inlined, because it has many callers and the page would grow.
//
//go:noinline
func Append(dst, field []byte) []byte {
	return append(appendLength(dst, len(field)), field...)
}

// AppendText is Append for a text.
//
//go:noinline
func AppendText(dst []byte, field string) []byte {
	return append(appendLength(dst, len(field)), field...)
}

//go:noinline
func appendLength(dst []byte, n int) []byte { return binary.BigEndian.AppendUint32(dst, uint32(n)) }

// Split returns the fields of a list that Append and AppendText have written. ok is false if b is not such a list.
func Split(b []byte) (fields [][]byte, ok bool) {
	for len(b) > 0 {
		if len(b) < 4 {
			return nil, false
		}
		n := uint64(binary.BigEndian.Uint32(b))
		if b = b[4:]; n > uint64(len(b)) {
			return nil, false
		}
		fields, b = append(fields, b[:n:n]), b[n:]
	}
	return fields, true
}

// T returns the bytes of a label and fields, each with its length before it.
//
//go:noinline
func T(label string, fields ...string) []byte {
	b := AppendText(nil, "hallway e2ee 1 "+label)
	for _, field := range fields {
		b = AppendText(b, field)
	}
	return b
}

// Encode returns base64url without padding.
//
//go:noinline
func Encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Decode reads base64url without padding. It returns nil for anything else.
func Decode(s string) []byte {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || base64.RawURLEncoding.EncodedLen(len(b)) != len(s) { // Go skips line breaks
		return nil
	}
	return b
}

// The purposes of the keys that are derived from the secret of a turn.
const (
	KeyID      = "key id"      // commits to the secret, as a part of the kid
	KeyMessage = "key message" // encrypts messages
	KeyLink    = "key link"    // encrypts the previous secret
)

// KeyInfo returns the info from which HKDF derives a key with a purpose.
func KeyInfo(purpose, room string) []byte { return T(purpose, room) }

// Kid returns the id of the secret of turn n, from the bytes that commit to it.
func Kid(n int64, commitment []byte) string {
	return strconv.FormatInt(n, 10) + "." + Encode(commitment)
}

// JWK returns the canonical form of a public key. Its SHA-256 is the key's thumbprint (RFC 7638).
func JWK(k protocol.PublicKey) string {
	return `{"crv":"P-256","kty":"EC","x":"` + k.X + `","y":"` + k.Y + `"}`
}

// DeviceID returns the id of a device from the thumbprint of its Sign, or "" if that is not a thumbprint.
func DeviceID(thumbprint []byte) string {
	if len(thumbprint) != 32 {
		return ""
	}
	return Encode(thumbprint[:idBytes])
}

// DeviceBytes returns the bytes that a device signs to bind its box key to its user.
func DeviceBytes(user string, box protocol.PublicKey) []byte { return T("device", user, JWK(box)) }

// TurnBytes returns the bytes that a device signs to make a turn. The next turn contains their hash.
func TurnBytes(room string, t *protocol.Turn) []byte {
	var out []byte
	for _, user := range t.Out {
		out = AppendText(out, user)
	}
	return T("turn", room, strconv.FormatInt(t.N, 10), t.Kid, t.PrevKid, t.Prev, t.Link, string(out), t.By, t.At)
}

// LinkAAD returns the additional data of a link. A link is the secret of prevKid, encrypted with the secret of kid.
func LinkAAD(room, kid, prevKid string) []byte { return T("link", room, kid, prevKid) }

// WrapInfo returns the info of a wrap. A wrap is the secret of kid, encrypted for a device.
func WrapInfo(room, kid, device string) []byte { return T("wrap", room, kid, device) }

// CodeBytes returns bytes whose hash [Code] converts to a room's code. turnHash is the hash of the newest
// turn's TurnBytes.
func CodeBytes(turnHash string) []byte { return T("code", turnHash) }

// The size of a room's code: the number of groups, the digits in a group, and the hash bytes for a group.
const (
	codeGroups     = 6
	codeDigits     = 5
	codeGroupBytes = 5
)

// Code returns the 30 digits that people compare, in groups that are separated by spaces, or "" if hash is
// not a hash.
func Code(hash []byte) string {
	if len(hash) < codeGroups*codeGroupBytes {
		return ""
	}
	var code []byte
	for i := range codeGroups {
		var n uint64
		for _, b := range hash[i*codeGroupBytes : (i+1)*codeGroupBytes] {
			n = n<<8 | uint64(b)
		}
		if i > 0 {
			code = append(code, ' ')
		}
		digits := strconv.FormatUint(n, 10)
		for len(digits) < codeDigits {
			digits = "0" + digits
		}
		code = append(code, digits[len(digits)-codeDigits:]...)
	}
	return string(code)
}
