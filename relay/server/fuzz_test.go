package server_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/engine"
	"hallway/relay/hub"
	"hallway/relay/server"
	"hallway/store/sqlite"
)

// FuzzRoutes checks that every request of an organizer to the real engine and store is answered with JSON or a problem
// document, and never with an internal error.
func FuzzRoutes(f *testing.F) {
	one := messagesPath + "/" + messageID
	for _, seed := range [][4]string{
		{"GET", messagesPath, "limit=5&before=3", ""},
		{"GET", messagesPath, "q=doors+%22open*&before=9", ""},
		{"GET", messagesPath, "pinned=true", ""},
		{"GET", messagesPath, "around=" + messageID, ""},
		{"GET", messagesPath, "since=0&limit=500", ""},
		{"POST", messagesPath, "", `{"id":"` + messageID + `","text":"doors open","sent_at":"2026-11-23T09:15:01.002Z"}`},
		{"GET", one, "", ""},
		{"PATCH", one, "", `{"text":"Doors <open>"}`},
		{"PATCH", one, "", `{"encrypted":{"alg":"A256GCM","kid":"k","iv":"AAECAwQFBgcICQoL","ct":"eA"}}`},
		{"PUT", one + "/pin", "", ""},
		{"DELETE", one + "/pin", "", ""},
		{"PUT", one + thumb, "", ""},
		{"DELETE", one + thumb, "", ""},
		{"DELETE", one, "", ""},
		{"PUT", "/v1/rooms/a%3Ab", "", `{"title":"T","settings":{"a":[1]}}`},
		{"GET", "/v1/rooms", "limit=2&after=hall", ""},
		{"GET", "/v1/rooms/lobby", "", ""},
		{"GET", "/v1/rooms/lobby/members", "limit=1&after=ada", ""},
		{"GET", "/v1/rooms/lobby/sanctions", "limit=1&after=ben", ""},
		{"GET", "/v1/rooms/lobby/reports", "state=open&before=9&limit=1", ""},
		{"GET", "/v1/rooms/lobby/audit", "before=9&limit=1", ""},
		{"POST", one + "/report", "", `{"reason":"rude"}`},
		{"PATCH", "/v1/rooms/lobby/reports/1", "", `{"state":"resolved"}`},
		{"PUT", "/v1/rooms/lobby/members/ben/mute", "", `{"for_s":600,"reason":"spam"}`},
		{"DELETE", "/v1/rooms/lobby/members/ben/ban", "", ""},
		{"DELETE", "/v1/rooms/lobby/members/ben/messages", "", ""},
		{"DELETE", "/v1/rooms/lobby/members/ben", "", ""},
		{"PUT", "/v1/users/ben/revocation", "", ""},
		{"DELETE", "/v1/rooms/lobby", "", ""},
		{"GET", "/v1/openapi.json", "", ""},
		{"GET", "/v1/ws", "", ""},
		{"GET", "/healthz", "", ""},
		{"GET", "/readyz", "", ""},
		{"OPTIONS", "/v1/../v1//rooms/%2e%2e", "%", "{"},
		{"BREW", "/", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], []byte(seed[3]))
	}
	handler, bearer := fuzzed(f)
	f.Fuzz(func(t *testing.T, method, path, query string, body []byte) {
		var request fasthttp.Request
		request.Header.SetMethod(method)
		request.Header.Set("Authorization", bearer)
		request.SetRequestURI(path + "?" + query)
		request.SetBody(body)
		var c fasthttp.RequestCtx
		c.Init(&request, nil, nil)
		handler(&c)

		status, kind, answer := c.Response.StatusCode(), string(c.Response.Header.ContentType()), c.Response.Body()
		switch {
		case status == http.StatusNotImplemented && !slices.Contains(methods, method):
		case status >= 500:
			t.Fatalf("%d: %s", status, answer)
		}
		switch {
		case status == http.StatusNoContent:
		case status >= 400:
			var p struct{ Code protocol.Code }
			if kind != "application/problem+json" || json.Unmarshal(answer, &p) != nil || p.Code == "" {
				t.Fatalf("%d %s: %s", status, kind, answer)
			}
		case strings.HasPrefix(kind, "text/plain; version="): // metrics
		case kind != "application/json" || !json.Valid(answer):
			t.Fatalf("%d %s: %s", status, kind, answer)
		}
	})
}

// methods are the methods of HTTP.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	http.MethodConnect, http.MethodOptions, http.MethodTrace,
}

// fuzzed returns a server with a separate store, and the authorization of an organizer of all rooms.
func fuzzed(f *testing.F) (handler fasthttp.RequestHandler, bearer string) {
	f.Helper()
	st, err := sqlite.Open(f.Context(), sqlite.Options{Path: filepath.Join(f.TempDir(), "hallway.db")})
	if err != nil {
		f.Fatal(err)
	}
	keeper := newKeeper(f)
	gate := auth.NewGate(keeper, nil, nil)
	log := slog.New(slog.DiscardHandler)
	engine := engine.New(engine.Options{Hub: hub.Config{Verifier: gate}, Store: st, Log: log})
	f.Cleanup(func() {
		if err := engine.Drain(context.Background()); err != nil {
			f.Error(err)
		}
		if err := st.Close(); err != nil {
			f.Error(err)
		}
	})
	srv, err := server.New(server.Options{Backend: engine, History: engine, Directory: st, Moderation: st, Locks: st, Verifier: gate, Log: log})
	if err != nil {
		f.Fatal(err)
	}
	token, err := keeper.Issue(auth.Claims{
		Sub: "ada", Role: protocol.RoleOrganizer, Rooms: auth.Rooms{{Pattern: "*", Role: protocol.RoleOrganizer}},
	}, time.Now().Add(24*time.Hour))
	if err != nil {
		f.Fatal(err)
	}
	return srv.Handler(), "Bearer " + token
}
