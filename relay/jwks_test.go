package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"hallway/relay/relaytest"
)

func TestTokensOfAKeySetOpenTheRelay(t *testing.T) {
	key, stranger := relaytest.NewKey(t, "k1"), relaytest.NewKey(t, "k1")
	var reads atomic.Int32
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reads.Add(1)
		_, _ = io.WriteString(w, relaytest.KeySet(key))
	}))
	defer source.Close()
	p := serve(t, "--jwks-url", source.URL, "--jwt-audience", relaytest.Audience)
	_, shared, _ := run(t, nil, "token", "--sub", "ada", "--room", "*", "--jwt-audience", relaytest.Audience)
	for token, want := range map[string]int{
		key.Token(t): 200, stranger.Token(t): 401, strings.TrimSpace(shared): 200, // the secret is good as well
		token(t, "ada", "*"): 401, // it names no audience
	} {
		if status, _, body := p.rest("GET", "/v1/rooms/lobby/messages", token, ""); status != want {
			t.Errorf("status %d, want %d: %s", status, want, body)
		}
	}
	if reads.Load() != 1 {
		t.Errorf("the key set was read %d times", reads.Load())
	}
	if strings.Contains(p.printed(), "eyJ") {
		t.Errorf("a token was printed:\n%s", p.printed())
	}
}
