//go:build !js

package driver

import (
	"io"
	"net/http"
	"testing"

	"hallway/component/client"
	"hallway/protocol"
)

const oneReport = `{"n":7,"id":"0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d","by":{"id":"u_17","name":"Ben"},"reason":"rude",` +
	`"at":"2026-11-23T09:15:04.123456Z","state":"open"}`

func TestReportsAreReadAndClosed(t *testing.T) {
	var asked, status = "", 200
	relay := history(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = r.Method + " " + r.URL.String() + " " + r.Header.Get("Authorization") + " " + r.Header.Get("Content-Type") + " " + string(body)
		w.WriteHeader(status)
		if r.Method == "GET" {
			_, _ = io.WriteString(w, `{"reports":[`+oneReport+`],"more":true}`)
		}
	})
	read := func(before int64) client.Event {
		return fetchReports(t.Context(), relay, "a b", client.FetchReports{Req: 3, Token: "t0", Before: before, Limit: 50})
	}
	closed := func() client.Event {
		return closeReport(t.Context(), relay, "a b", client.CloseReport{Req: 4, Token: "t0", N: 7, State: protocol.ReportResolved})
	}
	expect := func(want string) {
		t.Helper()
		if asked != want {
			t.Errorf("asked %q, want %q", asked, want)
		}
	}

	got, ok := read(0).(client.ReportsLoaded)
	if !ok || got.Req != 3 || !got.More || len(got.Reports) != 1 || got.Reports[0].N != 7 || got.Reports[0].By.Name != "Ben" {
		t.Errorf("got %+v", got)
	}
	expect("GET /v1/rooms/a%20b/reports?state=open&limit=50 Bearer t0  ")
	read(9)
	expect("GET /v1/rooms/a%20b/reports?state=open&limit=50&before=9 Bearer t0  ")
	if got := closed(); got != (client.ReportClosed{Req: 4}) {
		t.Errorf("got %#v", got)
	}
	expect(`PATCH /v1/rooms/a%20b/reports/7 Bearer t0 application/json {"state":"resolved"}`)

	status = 409
	if got, ok := closed().(client.RequestFailed); !ok || got.Req != 4 || got.Status != 409 || got.Err == nil {
		t.Errorf("got %#v", got)
	}
	if got, ok := read(0).(client.RequestFailed); !ok || got.Req != 3 || got.Status != 409 || got.Err == nil {
		t.Errorf("got %#v", got)
	}
}

// TestReportsBesideHistory checks that a request about the queue ends the previous one, and no other request.
func TestReportsBesideHistory(t *testing.T) {
	began, abandoned := make(chan struct{}), make(chan string, 2)
	relay := history(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "PATCH" {
			return
		}
		began <- struct{}{}
		<-r.Context().Done()
		abandoned <- r.URL.Path
	})
	answered := make(chan client.Event, 2)
	c := &scriptedCore{script: func(ev client.Event) []client.Effect {
		switch ev := ev.(type) {
		case client.Started:
			return []client.Effect{client.FetchPage{Req: 1}, client.FetchReports{Req: 2, Limit: 50}}
		case client.ResolveReport:
			return []client.Effect{client.CloseReport{Req: 3, N: ev.N, State: ev.State}}
		case client.ReportsLoaded, client.ReportClosed, client.RequestFailed:
			answered <- ev
		}
		return nil
	}}
	d := start(Options{Relay: relay, Room: "lobby"}, c)
	<-began
	<-began
	d.Do(client.ResolveReport{N: 7, State: protocol.ReportDismissed})
	if path := <-abandoned; path != "/v1/rooms/lobby/reports" {
		t.Errorf("closing a report ended the request for %s", path)
	}
	if ev := <-answered; ev != (client.ReportClosed{Req: 3}) {
		t.Errorf("got %#v", ev)
	}
	d.Close()
	if path := <-abandoned; path != "/v1/rooms/lobby/messages" {
		t.Errorf("the close ended the request for %s", path)
	}
}
