//go:build !js

package driver

import (
	"context"
	"net/http"
	"testing"

	"hallway/component/client"
)

func TestLinkOfAFile(t *testing.T) {
	asked := make(chan string, 1)
	relay := history(t, func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization")
		_, _ = w.Write([]byte(`{"url":"https://relay.example/x?link=1","expires_at":"2026-01-01T00:00:00.000000Z"}`))
	})
	f := client.FetchFile{Req: 4, Token: "secret", Of: client.LoadFile{ID: "f1", Link: true}}
	ev := fetchURL(context.Background(), relay, "lobby", f)
	if ev != (client.FileGot{Req: 4, URL: "https://relay.example/x?link=1"}) {
		t.Errorf("got %#v", ev)
	}
	if got := <-asked; got != "POST /v1/rooms/lobby/files/f1/link Bearer secret" {
		t.Errorf("asked %q", got)
	}
}

// TestURLOfAThumbnail checks that a native client gets the URL at the relay.
func TestURLOfAThumbnail(t *testing.T) {
	ev := fetchURL(context.Background(), "https://relay.example", "lobby", client.FetchFile{Req: 5, Of: client.LoadFile{ID: "f1", Size: 320}})
	if ev != (client.FileGot{Req: 5, URL: "https://relay.example/v1/rooms/lobby/files/f1?size=320"}) {
		t.Errorf("got %#v", ev)
	}
}
