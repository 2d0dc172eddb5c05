package protocol

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// The sizes, in bytes, of the parts of end-to-end encrypted rooms, before base64url.
const (
	deviceIDBytes   = 16
	coordinateBytes = 32
	signatureBytes  = 64
	hashBytes       = 32
	sealedBytes     = 32 + 16 // an encrypted secret
	encBytes        = 65      // of a wrap
	kidBytes        = 16
)

// isBase64 reports whether s is base64url, without padding, of n bytes.
func isBase64(s string, n int) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(b) == n && !strings.ContainsAny(s, "\r\n")
}

// checkDevice returns the code and the reason of a device's refusal; both are empty if its parts are well-formed.
func checkDevice(d *Device) (Code, string) {
	switch {
	case d.ID != "" && !ValidDevice(d.ID):
		return CodeBadRequest, "device.id must be base64url of 16 bytes"
	case !isBase64(d.Sign.X, coordinateBytes) || !isBase64(d.Sign.Y, coordinateBytes):
		return CodeBadRequest, "device.sign must have x and y, base64url of 32 bytes each"
	case !isBase64(d.Box.X, coordinateBytes) || !isBase64(d.Box.Y, coordinateBytes):
		return CodeBadRequest, "device.box must have x and y, base64url of 32 bytes each"
	case !isBase64(d.Sig, signatureBytes):
		return CodeBadRequest, "device.sig must be base64url of 64 bytes"
	case len(d.Cert) > CertBytesMax:
		return CodeTooLarge, "device.cert is too long"
	case d.Cert == "" || strings.ContainsFunc(d.Cert, notJWT):
		return CodeBadRequest, "device.cert must be a JWT"
	}
	return "", ""
}

// notJWT reports whether a character cannot occur in a JWT.
func notJWT(r rune) bool {
	return r > 'z' || !alphanumeric(byte(r)) && r != '.' && r != '-' && r != '_'
}

// ValidDevice reports whether id can be a device's: base64url of 16 bytes.
func ValidDevice(id string) bool { return isBase64(id, deviceIDBytes) }

// KidTurn returns the number of the turn in a key's id; 0 if the id is not valid.
func KidTurn(kid string) int64 {
	number, commitment, _ := strings.Cut(kid, ".")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 || n > integerMax || strconv.FormatInt(n, 10) != number || !isBase64(commitment, kidBytes) {
		return 0
	}
	return n
}

// checkTurn is checkDevice for a turn. bytes is the size of its JSON.
func checkTurn(t *Turn, bytes int) (Code, string) {
	switch {
	case bytes > TurnBytesMax:
		return CodeTooLarge, "the turn is too long"
	case t.N < 1:
		return CodeBadRequest, "turn.n must be 1 or more"
	case KidTurn(t.Kid) != t.N:
		return CodeBadRequest, "turn.kid must be n, a dot and base64url of 16 bytes"
	case t.PrevKid != "" && KidTurn(t.PrevKid) == 0:
		return CodeBadRequest, "turn.prev_kid must be a number, a dot and base64url of 16 bytes"
	case t.Prev != "" && !isBase64(t.Prev, hashBytes):
		return CodeBadRequest, "turn.prev must be base64url of 32 bytes"
	case t.Link != "" && (!isBase64(t.Link, sealedBytes) || t.PrevKid == ""):
		return CodeBadRequest, "turn.link must be base64url of 48 bytes, with a prev_kid"
	case !ValidDevice(t.By):
		return CodeBadRequest, "turn.by must be the id of a device"
	case !validStamp(t.At):
		return CodeBadRequest, "turn.at " + errTime.Error()
	case !isBase64(t.Sig, signatureBytes):
		return CodeBadRequest, "turn.sig must be base64url of 64 bytes"
	}
	for _, user := range t.Out {
		if !ValidUser(user) {
			return CodeBadRequest, "turn.out must be ids of users"
		}
	}
	return "", ""
}

// validStamp reports whether a text is a time, or a whole number.
func validStamp(at string) bool {
	if n, err := strconv.ParseInt(at, 10, 64); err == nil {
		return n > 0 && n <= integerMax
	}
	_, err := parseTime(at)
	return err == nil
}

// checkWraps is checkDevice for a list of wraps.
func checkWraps(all []Wrap) (Code, string) {
	if len(all) > WrapsMax {
		return CodeBadRequest, "there are too many wraps"
	}
	for i := range all {
		if w := &all[i]; !ValidDevice(w.To) || !isBase64(w.Enc, encBytes) || !isBase64(w.CT, sealedBytes) {
			return CodeBadRequest, "a wrap must have to, the id of a device, enc, base64url of 65 bytes, and ct, of 48"
		}
	}
	return "", ""
}
