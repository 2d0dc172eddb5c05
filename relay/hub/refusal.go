package hub

import (
	"time"

	"hallway/protocol"
)

// A refusal is why something was not done.
type refusal struct {
	code       protocol.Code
	reason     string
	retryAfter time.Duration
	why        protocol.Why
	until      protocol.Time
	note       string // the moderator's reason
}

func refusalOf(o *Outcome) refusal {
	return refusal{code: o.Code, reason: o.Reason, retryAfter: o.RetryAfter, why: o.Why, until: o.Until, note: o.Note}
}

func (r refusal) frame(room, id string) protocol.Error {
	return protocol.Error{
		Code: r.code, Message: r.reason, Room: room, ID: id, RetryAfterMs: milliseconds(r.retryAfter),
		Why: r.why, Until: r.until, Reason: r.note,
	}
}

func (r refusal) outcome() Outcome {
	return Outcome{Code: r.code, Reason: r.reason, RetryAfter: r.retryAfter, Why: r.why, Until: r.until, Note: r.note}
}

func unavailable() refusal {
	return refusal{code: protocol.CodeUnavailable, reason: "not stored, try again", retryAfter: unavailableRetry}
}

func rateLimited(wait time.Duration) refusal {
	return refusal{code: protocol.CodeRateLimited, reason: "too many messages", retryAfter: wait}
}

func tooManyFrames(wait time.Duration) refusal {
	return refusal{code: protocol.CodeRateLimited, reason: "too many frames", retryAfter: wait}
}

func tooManyRooms() refusal {
	return refusal{code: protocol.CodeUnavailable, reason: "too many rooms at once, try again", retryAfter: roomsRetry}
}

func notPermitted() refusal {
	return refusal{code: protocol.CodeForbidden, reason: "the role does not allow this"}
}
