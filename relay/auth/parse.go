package auth

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"hallway/protocol"
)

// A parsed token is split into its parts. Its content is not proven yet.
type parsed struct {
	header    map[string]any
	payload   jwt.MapClaims
	signed    string // the text under the signature
	signature []byte
}

// parse splits a token (RFC 7515, section 7.1). It refuses ambiguous tokens.
func parse(token string) (parsed, error) {
	var p parsed
	if len(token) > TokenBytesMax {
		return p, errTooLong
	}
	parts := strings.Split(token, ".")
	// Go's base64 ignores line breaks.
	if len(parts) != 3 || strings.ContainsAny(token, "\r\n") {
		return p, errMalformed
	}
	var err error
	if p.header, err = readObject(parts[0]); err != nil {
		return p, err
	}
	if p.payload, err = readObject(parts[1]); err != nil {
		return p, err
	}
	if p.signature, err = segments.DecodeString(parts[2]); err != nil {
		return p, errMalformed
	}
	p.signed = token[:len(token)-len(parts[2])-1]
	// We know no critical extension (RFC 7515, section 4.1.11). We ignore keys in the header and their addresses (jwk,
	// jku, x5c, x5u), because anybody can write them.
	if _, ok := p.header["crit"]; ok {
		return p, errCritical
	}
	return p, nil
}

// segments is the encoding of a token's parts: without padding, each with one valid form.
var segments = base64.RawURLEncoding.Strict()

// checkType refuses a token whose typ names another purpose.
func (p *parsed) checkType() error {
	if typ, ok := p.header["typ"]; ok && !acceptedType(typ) {
		return errType
	}
	return nil
}

// acceptedType reports whether a typ is that of a bearer token (RFC 8725, section 3.11).
func acceptedType(typ any) bool {
	name, ok := typ.(string)
	if !ok {
		return false
	}
	name = strings.TrimPrefix(strings.ToLower(name), "application/")
	return name == "jwt" || name == "at+jwt"
}

// readObject reads a part of a token, a JSON object. It refuses objects with a repeated member, because readers differ
// in which one they take.
func readObject(part string) (map[string]any, error) {
	text, err := segments.DecodeString(part)
	var value any
	if err != nil || protocol.CheckObject(text) != nil || json.Unmarshal(text, &value) != nil {
		return nil, errMalformed
	}
	return value.(map[string]any), nil
}
