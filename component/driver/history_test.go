//go:build !js

package driver

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"hallway/component/client"
)

const onePage = `{"messages":[{"room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d","seq":41,"rev":57,` +
	`"sender":{"id":"u_17","name":"Ada","role":"organizer"},"created_at":"2026-11-23T09:15:04.123456Z",` +
	`"text":"Doors open at nine."}],"epoch":"k3v9","head":57,"more":true}`

// history starts a server with answer as its handler.
func history(t *testing.T, answer http.HandlerFunc) (relay string) {
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL
}

func TestFetchPageAsks(t *testing.T) {
	var asked, bearer string
	relay := history(t, func(w http.ResponseWriter, r *http.Request) {
		asked, bearer = r.Method+" "+r.URL.String(), r.Header.Get("Authorization")
		_, _ = io.WriteString(w, onePage)
	})
	for _, test := range []struct {
		query client.PageQuery
		want  string
	}{
		{client.PageQuery{}, "GET /v1/rooms/lobby-1/messages?"},
		{client.PageQuery{Limit: 50}, "GET /v1/rooms/lobby-1/messages?limit=50"},
		{client.PageQuery{Before: 12, Limit: 50}, "GET /v1/rooms/lobby-1/messages?before=12&limit=50"},
		{client.PageQuery{HasSince: true, Limit: 500}, "GET /v1/rooms/lobby-1/messages?limit=500&since=0"},
		{client.PageQuery{Around: 12, Limit: 50}, "GET /v1/rooms/lobby-1/messages?around=12&limit=50"},
		{client.PageQuery{AroundID: "0199a1c4"}, "GET /v1/rooms/lobby-1/messages?around=0199a1c4"},
		{client.PageQuery{Pinned: true, Limit: 50}, "GET /v1/rooms/lobby-1/messages?limit=50&pinned=true"},
		{client.PageQuery{Words: "a&b ü", Before: 9}, "GET /v1/rooms/lobby-1/messages?before=9&q=a%26b+%C3%BC"},
		{client.PageQuery{HasSince: true, Since: 57}, "GET /v1/rooms/lobby-1/messages?since=57"},
	} {
		ev := fetchPage(t.Context(), relay, "lobby-1", client.FetchPage{Req: 3, Token: "t0", Query: test.query})
		page, ok := ev.(client.PageLoaded)
		if !ok || page.Req != 3 || page.Page.Head != 57 || len(page.Page.Messages) != 1 {
			t.Errorf("got %#v", ev)
		}
		if asked != test.want || bearer != "Bearer t0" {
			t.Errorf("asked %q with %q, want %q", asked, bearer, test.want)
		}
	}
}

func TestFetchPageFails(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   client.RequestFailed
		text   string
	}{
		{"a problem", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(403)
			_, _ = io.WriteString(w, `{"status":403,"code":"forbidden","title":"Forbidden","detail":"This room is closed to you."}`)
		}, client.RequestFailed{Status: 403}, "history refused with status 403: forbidden This room is closed to you."},
		{"asked to wait", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(503)
		}, client.RequestFailed{Status: 503, RetryAfterMs: 2000}, "history refused with status 503"},
		{"asked to wait for years", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "4000000000")
			w.WriteHeader(429)
		}, client.RequestFailed{Status: 429, RetryAfterMs: 4_000_000_000_000}, "history refused with status 429"},
		{"asked to wait until a date", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "Mon, 23 Nov 2026 09:15:04 GMT")
			w.WriteHeader(502)
			_, _ = io.WriteString(w, "<h1>Bad gateway</h1>")
		}, client.RequestFailed{Status: 502}, "history refused with status 502"},
		{"not a page", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<h1>Welcome to the hotel's WLAN</h1>")
		}, client.RequestFailed{}, ""},
		{"half a page", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, onePage[:100])
			panic(http.ErrAbortHandler)
		}, client.RequestFailed{}, ""},
		{"a page without end", func(w http.ResponseWriter, _ *http.Request) {
			for piece, err := make([]byte, 1<<16), error(nil); err == nil; {
				_, err = w.Write(piece)
			}
		}, client.RequestFailed{}, errPageTooLarge.Error()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ev := fetchPage(t.Context(), history(t, test.answer), "lobby", client.FetchPage{Req: 3})
			got, ok := ev.(client.RequestFailed)
			if !ok || got.Err == nil || test.text != "" && got.Err.Error() != test.text {
				t.Fatalf("got %#v", ev)
			}
			got.Err, test.want.Req = nil, 3
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestNewerRequestEndsTheOlder(t *testing.T) {
	began, abandoned := make(chan struct{}), make(chan struct{})
	relay := history(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("before") != "" {
			_, _ = io.WriteString(w, onePage)
			return
		}
		close(began)
		<-r.Context().Done()
		close(abandoned)
	})
	answered := make(chan client.Event, 2)
	c := &scriptedCore{script: func(ev client.Event) []client.Effect {
		switch ev.(type) {
		case client.Started:
			return []client.Effect{client.FetchPage{Req: 1}}
		case client.LoadOlder:
			return []client.Effect{client.FetchPage{Req: 2, Query: client.PageQuery{Before: 41}}}
		case client.PageLoaded, client.RequestFailed:
			answered <- ev
		}
		return nil
	}}
	d := start(Options{Relay: relay + "/", Room: "lobby"}, c)
	<-began
	d.Do(client.LoadOlder{})
	<-abandoned
	if ev, ok := (<-answered).(client.PageLoaded); !ok || ev.Req != 2 {
		t.Errorf("got %#v", ev)
	}
	d.Close()
	if len(answered) > 0 {
		t.Errorf("also got %#v", <-answered)
	}
}

// TestSearchesBesideHistory checks that a search does not end a request for history, and that a new search ends
// the previous one.
func TestSearchesBesideHistory(t *testing.T) {
	began, abandoned := make(chan string, 3), make(chan string, 3)
	relay := history(t, func(w http.ResponseWriter, r *http.Request) {
		words := r.URL.Query().Get("q")
		switch words {
		case "new":
			_, _ = io.WriteString(w, onePage)
			return
		case "gone":
			w.WriteHeader(503)
			return
		}
		began <- words
		<-r.Context().Done()
		abandoned <- words
	})
	answered := make(chan client.Event, 3)
	c := &scriptedCore{script: func(ev client.Event) []client.Effect {
		switch ev := ev.(type) {
		case client.Started:
			return []client.Effect{client.FetchPage{Req: 1}}
		case client.Search:
			return []client.Effect{client.FetchPage{Req: 2, Query: client.PageQuery{Words: ev.Words}}}
		case client.PageLoaded, client.RequestFailed:
			answered <- ev
		}
		return nil
	}}
	d := start(Options{Relay: relay, Room: "lobby"}, c)
	<-began
	d.Do(client.Search{Words: "old"})
	<-began
	d.Do(client.Search{Words: "new"})
	if words := <-abandoned; words != "old" {
		t.Errorf("the search for new ended the request for %q", words)
	}
	if ev, ok := (<-answered).(client.PageLoaded); !ok || ev.Req != 2 || len(ev.Page.Messages) != 1 {
		t.Errorf("got %#v", ev)
	}
	d.Do(client.Search{Words: "gone"})
	if ev, ok := (<-answered).(client.RequestFailed); !ok || ev.Req != 2 || ev.Status != 503 || ev.Err == nil {
		t.Errorf("got %#v", ev)
	}
	d.Close()
	if words := <-abandoned; words != "" {
		t.Errorf("the close ended the request for %q", words)
	}
}

func TestCloseEndsARequest(t *testing.T) {
	began := make(chan struct{})
	relay := history(t, func(_ http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done()
	})
	c := when(func(client.Started) []client.Effect { return []client.Effect{client.FetchPage{Req: 1}} })
	d := start(Options{Relay: relay, Room: "lobby"}, c)
	<-began
	d.Close()
}
