package protocol

import "cmp"

// Code is the reason why a frame or a request was refused. It knows its policy: its HTTP status, and whether a retry
// may succeed.
type Code string

// The codes of version 1.
const (
	CodeBadRequest   Code = "bad_request"  // malformed, or of an unknown type
	CodeUnauthorized Code = "unauthorized" // no valid token
	CodeForbidden    Code = "forbidden"    // the token does not allow it
	CodeNotFound     Code = "not_found"
	CodeConflict     Code = "conflict" // the id is taken, the message is deleted, …
	CodeTooLarge     Code = "too_large"
	CodeRateLimited  Code = "rate_limited"
	CodeUnavailable  Code = "unavailable" // not stored
	CodeInternal     Code = "internal"
)

// Retryable reports whether the same frame may succeed when sent again later. A code that this version does not know is
// final.
func (c Code) Retryable() bool {
	switch c {
	case CodeRateLimited, CodeUnavailable, CodeInternal:
		return true
	}
	return false
}

// HTTPStatus returns the HTTP status for the code; 500 for an unknown code.
func (c Code) HTTPStatus() int { return cmp.Or(statuses[c], 500) }

var statuses = map[Code]int{
	CodeBadRequest: 400, CodeUnauthorized: 401, CodeForbidden: 403, CodeNotFound: 404, CodeConflict: 409,
	CodeTooLarge: 413, CodeRateLimited: 429, CodeUnavailable: 503,
}

// CloseCode is a WebSocket close code (RFC 6455, section 7.4) with the
// protocol's meaning.
type CloseCode uint16

// The close codes of version 1.
const (
	CloseNormal       CloseCode = 1000 // closed by the user
	CloseGoingAway    CloseCode = 1001 // the relay is going away
	CloseTooLarge     CloseCode = 1009 // a frame above frame_bytes
	CloseTryLater     CloseCode = 1013 // the relay does not know the keys of tokens now
	CloseNotProtocol  CloseCode = 4400 // no JSON object, a binary message
	CloseUnauthorized CloseCode = 4401 // no valid token, at hello or when it expires
	ClosePutOut       CloseCode = 4403 // banned, revoked
	CloseTimeout      CloseCode = 4408 // no hello in time, heartbeat missed
	CloseSlowConsumer CloseCode = 4409 // too many bytes pending
	CloseTooMany      CloseCode = 4429 // too many connections
)

// Final reports whether a client must not reconnect by itself.
func (c CloseCode) Final() bool { return c == CloseNotProtocol || c == ClosePutOut }
