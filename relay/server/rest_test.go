package server_test

import (
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

const (
	messagesPath = "/v1/rooms/lobby/messages"
	messageID    = "0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d"
)

func TestMessagesAsksForThePage(t *testing.T) {
	s := start(t, nil)
	s.history.page = protocol.Page{Epoch: "k3v9", Head: 57, More: true}
	bearer := "Bearer " + s.token("u1", "*")
	for _, test := range []struct {
		query string
		want  rules.Query
	}{
		{"", rules.Query{Kind: rules.QueryNewest, Limit: 50}},
		{"?", rules.Query{Kind: rules.QueryNewest, Limit: 50}},
		{"?limit=1", rules.Query{Kind: rules.QueryNewest, Limit: 1}},
		{"?limit=500&before=0", rules.Query{Kind: rules.QueryBefore, Limit: 500}},
		{"?after=41", rules.Query{Kind: rules.QueryAfter, At: 41, Limit: 50}},
		{"?around=41&limit=2", rules.Query{Kind: rules.QueryAround, At: 41, Limit: 2}},
		{"?since=9223372036854775807", rules.Query{Kind: rules.QuerySince, At: 9223372036854775807, Limit: 50}},
		{"?around=" + messageID, rules.Query{Kind: rules.QueryAround, ID: messageID, Limit: 50}},
		{"?q=caf%C3%A9+*%22'--", rules.Query{Kind: rules.QuerySearch, Words: `café *"'--`, Limit: 50}},
		{"?limit=3&q=a%20b&before=41", rules.Query{Kind: rules.QuerySearch, Words: "a b", At: 41, Limit: 3}},
		{"?q=a&before=0", rules.Query{Kind: rules.QuerySearch, Words: "a", At: 1, Limit: 50}},
		{"?q=" + strings.Repeat("x", 256), rules.Query{Kind: rules.QuerySearch, Words: strings.Repeat("x", 256), Limit: 50}},
		{"?pinned=true", rules.Query{Kind: rules.QueryPinned, Limit: 50}},
		{"?pinned=true&before=41&limit=1", rules.Query{Kind: rules.QueryPinned, At: 41, Limit: 1}},
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
		"before=1&after=2", "since=1&around=1", "since=0&since=0", "bogus=1", "a;b",
		"around=0199A1C4-7F3E-7C21-9F6A-2D1F0A3B4C5D", "before=" + messageID, "since=" + messageID,
		"q=", "q=+%09", "q=a&q=b", "q=%FF", "q=" + strings.Repeat("x", 257), "q=a&after=1", "q=a&since=1", "q=a&around=1",
		"q=a&pinned=true", "q=a&before=1&since=1", "pinned=false", "pinned=", "pinned=1", "pinned=true&around=" + messageID,
	} {
		r := s.ask("GET", messagesPath+"?"+query, "", "Authorization", bearer)
		if r.StatusCode != 400 {
			t.Errorf("%s: %d", query, r.StatusCode)
			continue
		}
		s.wantProblem(r, 400, protocol.CodeBadRequest)
	}
}

func TestRoomAccess(t *testing.T) {
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
				s.backend.post = func(hub.Identity, protocol.Send) (rules.Outcome, error) { return rules.Outcome{}, nil }
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

// askRaw makes a request with an unchanged path, even with bad escapes.
func (s *site) askRaw(method, path, body string, header ...string) response {
	s.t.Helper()
	if _, err := url.Parse(path); err != nil {
		return s.raw(method, path, body, header...)
	}
	return s.ask(method, path, body, header...)
}

func TestWhenTheStoreFails(t *testing.T) {
	s := start(t, nil)
	s.history.err, s.rooms.err = errors.New("disk on fire"), errors.New("disk on fire")
	reacted := protocol.Message{Room: "lobby", ID: messageID, Seq: 1, Rev: 2, Text: "hi", Reactions: []protocol.Reaction{{Emoji: "👍", Count: 1, Users: []string{"u2"}}}}
	s.backend.change = func(hub.Identity, rules.Op) (rules.Outcome, error) {
		return rules.Outcome{Result: rules.Stored{Message: reacted, New: true}}, nil
	}
	for _, request := range [][2]string{
		{"GET", messagesPath},
		{"GET", messagesPath + "/" + messageID},
		{"PUT", messagesPath + "/" + messageID + "/pin"}, // done, but the user's own emoji are not known
		{"GET", "/v1/rooms"},
		{"GET", "/v1/rooms/lobby"},
		{"PUT", "/v1/rooms/lobby"},
		{"GET", "/v1/rooms/lobby/members"},
	} {
		r := s.ask(request[0], request[1], "{}", "Authorization", "Bearer "+s.token("u1", "*"))
		s.wantProblem(r, 503, protocol.CodeUnavailable)
		if strings.Contains(r.body, "fire") || r.Header.Get("Retry-After") != "1" {
			t.Errorf("%s: %v %s", request, r.Header, r.body)
		}
	}
	s.rooms.err, s.backend.online = nil, errors.New("busy")
	staff, err := s.keeper.Issue(auth.Claims{
		Sub: "u1", Role: protocol.RoleModerator, Rooms: auth.Rooms{{Pattern: "*", Role: protocol.RoleModerator}},
	}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	r := s.ask("GET", "/v1/rooms/lobby/members", "", "Authorization", "Bearer "+staff)
	s.wantProblem(r, 503, protocol.CodeUnavailable)
}

// TestChangesOfTheHub checks the op that each route asks of the hub, and the answers to the hub's refusals.
func TestChangesOfTheHub(t *testing.T) {
	s := start(t, nil)
	one := messagesPath + "/" + messageID
	for _, test := range []struct {
		method, path, body string
		want               rules.Op
	}{
		{"PATCH", one, `{"text":"new","id":"x"}`, rules.Op{Do: rules.Edit{ID: messageID, Text: "new"}}},
		{"PATCH", one, `{"text":"@Bo","mentions":[{"at":0,"len":3,"user":"u2"}]}`, rules.Op{Do: rules.Edit{
			ID: messageID, Text: "@Bo", Mentions: []protocol.Mention{{Len: 3, User: "u2"}},
		}}},
		{"DELETE", one, "", rules.Op{Do: rules.Delete{ID: messageID}}},
		{"PUT", one + "/pin", "", rules.Op{Do: rules.Pin{ID: messageID, On: true}}},
		{"DELETE", one + "/pin", "ignored", rules.Op{Do: rules.Pin{ID: messageID}}},
		{"PUT", one + "/reactions/%F0%9F%91%8D", "", rules.Op{Do: rules.React{ID: messageID, Emoji: "👍", On: true}}},
		{"DELETE", one + "/reactions/a%2F%25+b", "", rules.Op{Do: rules.React{ID: messageID, Emoji: "a/%+b"}}},
		{"PUT", "/v1/rooms/lobby", `{"title":"T","settings":{"a": 1}}`, rules.Op{Do: rules.Configure{Title: "T", Settings: `{"a": 1}`}}},
		{"DELETE", "/v1/rooms/lobby", "", rules.Op{Do: rules.Drop{}}},
	} {
		test.want.Room = "lobby"
		for _, refused := range []struct {
			out    rules.Outcome
			err    error
			status int
			retry  string
		}{
			{rules.Outcome{Refusal: rules.Refusal{Code: protocol.CodeConflict, Reason: "why"}}, nil, 409, ""},
			{rules.Outcome{Refusal: rules.Refusal{Code: protocol.CodeForbidden, Reason: "why"}}, nil, 403, ""},
			{rules.Outcome{Refusal: rules.Refusal{Code: protocol.CodeNotFound, Reason: "why"}}, nil, 404, ""},
			{rules.Outcome{Refusal: rules.Refusal{Code: protocol.CodeRateLimited, Reason: "why", RetryAfter: 1500 * time.Millisecond}}, nil, 429, "2"},
			{rules.Outcome{Refusal: rules.Refusal{Code: protocol.CodeUnavailable, Reason: "why", RetryAfter: 500 * time.Millisecond}}, nil, 503, "1"},
			{rules.Outcome{}, errors.New("away"), 503, "1"},
		} {
			s.backend.change = func(who hub.Identity, op rules.Op) (rules.Outcome, error) {
				if !reflect.DeepEqual(op, test.want) || who.User.ID != "u1" {
					t.Errorf("%s %s: asked %+v for %+v", test.method, test.path, op, who.User)
				}
				return refused.out, refused.err
			}
			r := s.ask(test.method, test.path, test.body, "Authorization", "Bearer "+s.token("u1", "*"))
			code := refused.out.Code
			if refused.err != nil {
				code = protocol.CodeUnavailable
			}
			if p := s.wantProblem(r, refused.status, code); refused.err == nil && p.Detail != "why" || r.Header.Get("Retry-After") != refused.retry {
				t.Errorf("%s %s: %s, Retry-After %q", test.method, test.path, r.body, r.Header.Get("Retry-After"))
			}
		}
	}
}

// TestBadRequests checks requests that never reach the hub.
func TestBadRequests(t *testing.T) {
	s := start(t, nil)
	one := messagesPath + "/" + messageID
	for _, test := range []struct {
		method, path, body string
		code               protocol.Code
	}{
		{"PATCH", one, ``, protocol.CodeBadRequest},
		{"PATCH", one, `{}`, protocol.CodeBadRequest},
		{"PATCH", one, `{"text":"\u0000"}`, protocol.CodeBadRequest},
		{"PATCH", one, `{"text":"a","encrypted":{}}`, protocol.CodeBadRequest},
		{"PATCH", one, `{"text":"` + strings.Repeat("x", protocol.TextBytesMax+1) + `"}`, protocol.CodeTooLarge},
		{"PATCH", messagesPath + "/1", `{"text":"a"}`, protocol.CodeBadRequest},
		{"DELETE", messagesPath + "/" + strings.ToUpper(messageID), ``, protocol.CodeBadRequest},
		{"GET", messagesPath + "/%zz", ``, protocol.CodeBadRequest},
		{"PUT", one + "/reactions/a%20b", ``, protocol.CodeBadRequest},
		{"PUT", one + "/reactions/%FF", ``, protocol.CodeBadRequest},
		{"PUT", one + "/reactions/%zz", ``, protocol.CodeBadRequest},
		{"PUT", one + "/reactions/" + strings.Repeat("x", protocol.EmojiBytesMax+1), ``, protocol.CodeBadRequest},
		{"PUT", "/v1/rooms/lobby", ``, protocol.CodeBadRequest},
		{"PUT", "/v1/rooms/lobby", `[]`, protocol.CodeBadRequest},
		{"PUT", "/v1/rooms/lobby", `{"settings":[]}`, protocol.CodeBadRequest},
		{"PUT", "/v1/rooms/lobby", `{"title":"` + strings.Repeat("x", protocol.TitleBytesMax+1) + `"}`, protocol.CodeTooLarge},
		{"PUT", "/v1/rooms/lobby", `{"settings":{"a":"` + strings.Repeat("x", protocol.SettingsBytesMax) + `"}}`, protocol.CodeTooLarge},
		{"PUT", "/v1/rooms/lobby", `{"title":"` + strings.Repeat("x", protocol.FrameBytesMax) + `"}`, protocol.CodeTooLarge},
	} {
		r := s.askRaw(test.method, test.path, test.body, "Authorization", "Bearer "+s.token("u1", "*"))
		s.wantProblem(r, test.code.HTTPStatus(), test.code)
	}
}

func TestPost(t *testing.T) {
	s := start(t, nil)
	const id = messageID
	stored := protocol.Message{Room: "lobby", ID: id, Seq: 1, Rev: 1, Text: "hi", CreatedAt: 1}
	storedJSON := string(stored.Append(nil))
	ok := `{"id":"` + id + `","text":"hi","room":"elsewhere","type":"edit","extra":[1]}`
	for _, test := range []struct {
		name, body string
		out        rules.Outcome
		err        error
		status     int
		code       protocol.Code
		retry      string
	}{
		{"created", ok, rules.Outcome{Result: rules.Stored{New: true, Message: stored}}, nil, 201, "", ""},
		{"stored before", ok, rules.Outcome{Result: rules.Stored{Message: stored}}, nil, 200, "", ""},
		{"conflict", ok, rules.Outcome{Refusal: rules.Refusal{Code: protocol.CodeConflict, Reason: "taken"}}, nil, 409, protocol.CodeConflict, ""},
		{"too fast", ok, rules.Outcome{Refusal: rules.Refusal{Code: protocol.CodeRateLimited, RetryAfter: 1500 * time.Millisecond}}, nil, 429, protocol.CodeRateLimited, "2"},
		{"draining", ok, rules.Outcome{Refusal: rules.Refusal{Code: protocol.CodeUnavailable}}, nil, 503, protocol.CodeUnavailable, "1"},
		{"the hub does not answer", ok, rules.Outcome{}, errors.New("away"), 503, protocol.CodeUnavailable, "1"},
		{"nothing", "", rules.Outcome{}, nil, 400, protocol.CodeBadRequest, ""},
		{"no JSON", "hi", rules.Outcome{}, nil, 400, protocol.CodeBadRequest, ""},
		{"no object", "[]", rules.Outcome{}, nil, 400, protocol.CodeBadRequest, ""},
		{"no id", `{"text":"hi"}`, rules.Outcome{}, nil, 400, protocol.CodeBadRequest, ""},
		{"an empty text", `{"id":"` + id + `","text":" "}`, rules.Outcome{}, nil, 400, protocol.CodeBadRequest, ""},
		{"a long text", `{"id":"` + id + `","text":"` + strings.Repeat("x", protocol.TextBytesMax+1) + `"}`, rules.Outcome{}, nil, 413, protocol.CodeTooLarge, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got *protocol.Send
			s.backend.post = func(who hub.Identity, send protocol.Send) (rules.Outcome, error) {
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
			if test.body == ok && (got == nil || !reflect.DeepEqual(*got, protocol.Send{Room: "lobby", ID: id, Text: "hi"})) {
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
