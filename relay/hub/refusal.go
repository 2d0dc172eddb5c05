package hub

import (
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// refusalFrame returns the error frame for a refusal.
func refusalFrame(r rules.Refusal, room, id string) protocol.Error {
	return protocol.Error{
		Code: r.Code, Message: r.Reason, Room: room, ID: id, RetryAfterMs: milliseconds(r.RetryAfter),
		Why: r.Why, Until: r.Until, Reason: r.Note,
	}
}

func unauthorized(room, id, of string) protocol.Error {
	return protocol.Error{Code: protocol.CodeUnauthorized, Message: "say hello first", Room: room, ID: id, Of: of}
}

func forbidden(room, id string) protocol.Error {
	return protocol.Error{Code: protocol.CodeForbidden, Message: "the token does not open this room", Room: room, ID: id}
}

func notJoined(room, id string) protocol.Error {
	return protocol.Error{Code: protocol.CodeBadRequest, Message: "the room is not joined", Room: room, ID: id}
}

func unavailable() rules.Refusal {
	return rules.Refusal{Code: protocol.CodeUnavailable, Reason: "not stored, try again", RetryAfter: unavailableRetry}
}

func rateLimited(wait time.Duration) rules.Refusal {
	return rules.Refusal{Code: protocol.CodeRateLimited, Reason: "too many messages", RetryAfter: wait}
}

func tooManyFrames(wait time.Duration) rules.Refusal {
	return rules.Refusal{Code: protocol.CodeRateLimited, Reason: "too many frames", RetryAfter: wait}
}

func tooManyRooms() rules.Refusal {
	return rules.Refusal{Code: protocol.CodeUnavailable, Reason: "too many rooms at once, try again", RetryAfter: roomsRetry}
}
