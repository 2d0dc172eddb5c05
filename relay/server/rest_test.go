package server_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

const messagesPath = "/v1/rooms/lobby/messages"

func TestMessagesAsksForThePage(t *testing.T) {
	s := start(t, nil)
	s.history.page = protocol.Page{Epoch: "k3v9", Head: 57, More: true}
	bearer := "Bearer " + s.token("u1", "*")
	for _, test := range []struct {
		query string
		want  hub.Query
	}{
		{"", hub.Query{Kind: hub.QueryNewest, Limit: 50}},
		{"?", hub.Query{Kind: hub.QueryNewest, Limit: 50}},
		{"?limit=1", hub.Query{Kind: hub.QueryNewest, Limit: 1}},
		{"?limit=500&before=0", hub.Query{Kind: hub.QueryBefore, Limit: 500}},
		{"?after=41", hub.Query{Kind: hub.QueryAfter, At: 41, Limit: 50}},
		{"?around=41&limit=2", hub.Query{Kind: hub.QueryAround, At: 41, Limit: 2}},
		{"?since=9223372036854775807", hub.Query{Kind: hub.QuerySince, At: 9223372036854775807, Limit: 50}},
	} {
		r := s.ask("GET", messagesPath+test.query, "", "Authorization", bearer)
		if r.StatusCode != 200 || r.body != `{"messages":[],"epoch":"k3v9","head":57,"more":true}` {
			t.Errorf("%s: %d %s", test.query, r.StatusCode, r.body)
		}
		if s.history.query != test.want || s.history.room != "lobby" || s.history.user != "u1" {
			t.Errorf("%s: asked for %+v of %s for %s", test.query, s.history.query, s.history.room, s.history.user)
		}
	}
}

func TestMessagesRefusesOtherQueries(t *testing.T) {
	s := start(t, nil)
	bearer := "Bearer " + s.token("u1", "*")
	for _, query := range []string{
		"limit=0", "limit=501", "limit=-1", "limit=ten", "limit=", "limit=1.5", "limit=+5", "limit=1&limit=2",
		"before=-1", "before=x", "before=", "after=1e3", "around=0x1", "since=9223372036854775808", "since=%31%",
		"before=1&after=2", "since=1&around=1", "since=0&since=0", "q=word", "q=word&before=1", "bogus=1", "a;b",
	} {
		r := s.ask("GET", messagesPath+"?"+query, "", "Authorization", bearer)
		if r.StatusCode != 400 {
			t.Errorf("%s: %d", query, r.StatusCode)
			continue
		}
		s.wantProblem(r, 400, protocol.CodeBadRequest)
	}
	r := s.ask("GET", messagesPath+"?q=word", "", "Authorization", bearer)
	if p := s.wantProblem(r, 400, protocol.CodeBadRequest); !strings.Contains(p.Detail, "not supported yet") {
		t.Errorf("detail %q", p.Detail)
	}
}

func TestWhoMayEnter(t *testing.T) {
	s := start(t, nil)
	lobby := s.token("u1", "lobby", "a:*")
	for _, test := range []struct {
		name, authorization, room string
		status                    int
		code                      protocol.Code
	}{
		{"no token", "", "lobby", 401, protocol.CodeUnauthorized},
		{"no bearer", "Basic " + lobby, "lobby", 401, protocol.CodeUnauthorized},
		{"no token behind bearer", "Bearer ", "lobby", 401, protocol.CodeUnauthorized},
		{"a bad token", "Bearer " + lobby + "x", "lobby", 401, protocol.CodeUnauthorized},
		{"a bad token for no room", "Bearer x", "%20", 401, protocol.CodeUnauthorized},
		{"another room", "Bearer " + lobby, "hall", 403, protocol.CodeForbidden},
		{"no room's name", "Bearer " + lobby, ".hidden", 400, protocol.CodeBadRequest},
		{"a folder", "Bearer " + lobby, "a%2Fb", 400, protocol.CodeBadRequest},
		{"a bad escape", "Bearer " + lobby, "a%2", 400, protocol.CodeBadRequest},
		{"the room", "bearer " + lobby, "lobby", 200, ""},
		{"the room, escaped", "Bearer " + lobby, "a%3Ab", 200, ""},
		{"the room, not escaped", "Bearer " + lobby, "a:b~c", 200, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, method := range []string{"GET", "POST"} {
				s.backend.post = func(hub.Identity, protocol.Send) (hub.Outcome, error) { return hub.Outcome{}, nil }
				body := `{"id":"0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d","text":"hi"}`
				r := s.askRaw(method, "/v1/rooms/"+test.room+"/messages", body, "Authorization", test.authorization)
				if test.status != 200 {
					s.wantProblem(r, test.status, test.code)
				} else if r.StatusCode != 200 {
					t.Errorf("%s: %d %s", method, r.StatusCode, r.body)
				}
				if got := r.Header.Get("WWW-Authenticate"); (test.status == 401) != strings.HasPrefix(got, "Bearer") {
					t.Errorf("%s: WWW-Authenticate %q", method, got)
				}
			}
		})
	}
}

// askRaw asks with the path as it is written, bad escapes included.
func (s *site) askRaw(method, path, body string, header ...string) response {
	s.t.Helper()
	if _, err := url.Parse(path); err != nil {
		return s.raw(method, path, body, header...)
	}
	return s.ask(method, path, body, header...)
}

func TestMessagesWhenTheStoreFails(t *testing.T) {
	s := start(t, nil)
	s.history.err = errors.New("disk on fire")
	r := s.ask("GET", messagesPath, "", "Authorization", "Bearer "+s.token("u1", "*"))
	s.wantProblem(r, 503, protocol.CodeUnavailable)
	if strings.Contains(r.body, "fire") {
		t.Errorf("the answer shows the store's error: %s", r.body)
	}
}

func TestPost(t *testing.T) {
	s := start(t, nil)
	const id = "0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d"
	stored := protocol.Message{Room: "lobby", ID: id, Seq: 1, Rev: 1, Text: "hi", CreatedAt: 1}
	storedJSON := string(stored.Append(nil))
	ok := `{"id":"` + id + `","text":"hi","room":"elsewhere","type":"edit","extra":[1]}`
	for _, test := range []struct {
		name, body string
		out        hub.Outcome
		err        error
		status     int
		code       protocol.Code
		retry      string
	}{
		{"created", ok, hub.Outcome{New: true, Message: stored}, nil, 201, "", ""},
		{"stored before", ok, hub.Outcome{Message: stored}, nil, 200, "", ""},
		{"conflict", ok, hub.Outcome{Code: protocol.CodeConflict, Reason: "taken"}, nil, 409, protocol.CodeConflict, ""},
		{"too fast", ok, hub.Outcome{Code: protocol.CodeRateLimited, RetryAfter: 1500 * time.Millisecond}, nil, 429, protocol.CodeRateLimited, "2"},
		{"draining", ok, hub.Outcome{Code: protocol.CodeUnavailable}, nil, 503, protocol.CodeUnavailable, "1"},
		{"the hub does not answer", ok, hub.Outcome{}, errors.New("away"), 503, protocol.CodeUnavailable, "1"},
		{"nothing", "", hub.Outcome{}, nil, 400, protocol.CodeBadRequest, ""},
		{"no JSON", "hi", hub.Outcome{}, nil, 400, protocol.CodeBadRequest, ""},
		{"no object", "[]", hub.Outcome{}, nil, 400, protocol.CodeBadRequest, ""},
		{"no id", `{"text":"hi"}`, hub.Outcome{}, nil, 400, protocol.CodeBadRequest, ""},
		{"an empty text", `{"id":"` + id + `","text":" "}`, hub.Outcome{}, nil, 400, protocol.CodeBadRequest, ""},
		{"a long text", `{"id":"` + id + `","text":"` + strings.Repeat("x", protocol.TextBytesMax+1) + `"}`, hub.Outcome{}, nil, 413, protocol.CodeTooLarge, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got *protocol.Send
			s.backend.post = func(who hub.Identity, send protocol.Send) (hub.Outcome, error) {
				if who.User.ID != "u1" {
					t.Errorf("posted by %+v", who.User)
				}
				got = &send
				return test.out, test.err
			}
			r := s.ask("POST", messagesPath, test.body, "Authorization", "Bearer "+s.token("u1", "*"))
			if test.code != "" {
				s.wantProblem(r, test.status, test.code)
			} else if r.StatusCode != test.status || r.body != storedJSON || r.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
			if test.body == ok && (got == nil || *got != protocol.Send{Room: "lobby", ID: id, Text: "hi"}) {
				t.Errorf("posted %+v", got)
			}
			if test.body != ok && got != nil {
				t.Errorf("a bad body was posted: %+v", got)
			}
			if retry := r.Header.Get("Retry-After"); retry != test.retry {
				t.Errorf("Retry-After %q, want %q", retry, test.retry)
			}
		})
	}
}
