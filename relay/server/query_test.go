package server

import (
	"errors"
	"net/http"
	"testing"
	"unicode/utf8"

	"hallway/protocol"
	"hallway/relay/rules"
)

// FuzzQuery checks that an accepted query is within bounds and asks for one thing; all others are bad requests.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "limit=50", "limit=500&before=1", "after=0", "around=9", "around=0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d", "since=18446744073709551615",
		"q=doors+open&before=9&limit=1", "pinned=true&before=3", "pinned=false", "q=%ff", "q=%00", "limit=0x10", "before=1&before=2", "a=b", "%", ";", "before=-1",
		"state=open&before=3&limit=2", "after=lobby&limit=1", "after=%00", "state=x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		if q, err := parseQuery(query); !refused(t, err) {
			if q.Limit < 1 || q.Limit > protocol.PageMessagesMax || q.At < 0 || len(q.Words) > wordsBytesMax || !utf8.ValidString(q.Words) {
				t.Fatalf("out of bounds: %+v", q)
			}
			if (q.Kind == rules.QuerySearch) != (q.Words != "") || q.ID != "" && (q.Kind != rules.QueryAround || !protocol.ValidID(q.ID)) {
				t.Fatalf("asks for more than one thing: %+v", q)
			}
		}
		for _, states := range []bool{false, true} {
			l, err := parseList(query, states)
			if !refused(t, err) && (l.limit < 1 || l.limit > protocol.PageMessagesMax || l.before < 0 || l.state != "" && (!states || !l.state.Valid())) {
				t.Fatalf("out of bounds: %+v", l)
			}
		}
		for _, valid := range []func(string) bool{protocol.ValidRoom, protocol.ValidUser} {
			part, err := parsePart(query, valid)
			if !refused(t, err) && (part.Limit < 0 || part.Limit > protocol.PageMessagesMax || part.After != "" && !valid(part.After)) {
				t.Fatalf("out of bounds: %+v", part)
			}
		}
	})
}

// refused reports whether a query was refused, and checks that the code is bad_request.
func refused(t *testing.T, err error) bool {
	t.Helper()
	var r *refusal
	if err != nil && (!errors.As(err, &r) || r.problem.Status != http.StatusBadRequest || r.problem.Detail == "") {
		t.Fatalf("refused by %v", err)
	}
	return err != nil
}
