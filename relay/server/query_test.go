package server

import (
	"errors"
	"net/http"
	"testing"
	"unicode/utf8"

	"hallway/protocol"
	"hallway/relay/hub"
)

// FuzzQuery: what is taken is within bounds and asks for one thing; all else is a
// bad request.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "limit=50", "limit=500&before=1", "after=0", "around=9", "around=0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d", "since=18446744073709551615",
		"q=doors+open&before=9&limit=1", "pinned=true&before=3", "pinned=false", "q=%ff", "q=%00", "limit=0x10", "before=1&before=2", "a=b", "%", ";", "before=-1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := parseQuery(query)
		var r *refusal
		switch {
		case err == nil:
		case !errors.As(err, &r) || r.problem.Status != http.StatusBadRequest || r.problem.Detail == "":
			t.Fatalf("refused by %v", err)
		default:
			return
		}
		if q.Limit < 1 || q.Limit > protocol.PageMessagesMax || q.At < 0 || len(q.Words) > wordsBytesMax || !utf8.ValidString(q.Words) {
			t.Fatalf("out of bounds: %+v", q)
		}
		if (q.Kind == hub.QuerySearch) != (q.Words != "") || q.ID != "" && (q.Kind != hub.QueryAround || !protocol.ValidID(q.ID)) {
			t.Fatalf("asks for more than one thing: %+v", q)
		}
	})
}
