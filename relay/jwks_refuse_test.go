package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hallway/relay/auth"
)

// TestKeysFromElsewhere: neither a redirection nor a set beyond all measure is taken,
// whatever keys are in it.
func TestKeysFromElsewhere(t *testing.T) {
	key := newEdKey(t, "1")
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "/keys", http.StatusFound)
		case "/huge":
			_, _ = io.WriteString(w, strings.TrimSuffix(set(key), "}")+`,"more":"`+strings.Repeat("x", jwksBytesMax)+`"}`)
		default:
			_, _ = io.WriteString(w, set(key))
		}
	}))
	defer source.Close()
	for path, taken := range map[string]bool{"/keys": true, "/away": false, "/huge": false} {
		keeper := auth.NewKeylessKeeper()
		r, err := newKeyReader(source.URL+path, time.Hour, keeper, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.read(t.Context()); (err == nil) != taken {
			t.Errorf("%s: %v, want it taken: %v", path, err, taken)
		}
		if _, err := keeper.Verify(time.Now(), key.token(t)); (err == nil) != taken {
			t.Errorf("%s: a token of its key: %v", path, err)
		}
	}
}
