package text

import (
	"testing"

	"hallway/component/client"
	"hallway/protocol"
)

func TestWhyAChangeWasNotMade(t *testing.T) {
	for why, want := range map[protocol.Why]string{
		protocol.WhySlowMode:  "Not done: slow mode is on, try again a little later",
		protocol.WhyReactions: "Not done: you cannot add another new reaction to this message",
	} {
		if got := said.NotDone(client.Refused{Code: protocol.CodeConflict, Reason: "x", Why: why}, false); got != want {
			t.Errorf("%s: %q, want %q", why, got, want)
		}
	}
	for _, tc := range []struct {
		code    protocol.Code
		told    string
		deleted bool
		want    string
	}{
		{protocol.CodeForbidden, "role", false, "Not done: you may not do that"},
		{protocol.CodeRateLimited, "", false, "Not done: too much at once, wait a moment"},
		{protocol.CodeUnavailable, "", false, "Not done: not possible right now"},
		{protocol.CodeConflict, "deleted", true, "Not done: the message is not there any more"},
		{protocol.CodeConflict, "too many reactions", false, "Not done: too many reactions"},
		{protocol.CodeBadRequest, "", false, "Not done"},
	} {
		if got := said.NotDone(client.Refused{Code: tc.code, Reason: tc.told}, tc.deleted); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.code, got, tc.want)
		}
	}
}
