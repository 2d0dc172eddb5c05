package auth

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hallway/relay/relaytest"
)

// issuer answers requests for the key set, without a network.
type issuer struct {
	mu    sync.Mutex
	set   string // "": the issuer is down
	asked int
}

func (i *issuer) serve(set string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.set = set
}

func (i *issuer) requests() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

func (i *issuer) RoundTrip(*http.Request) (*http.Response, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked++
	if i.set == "" {
		return nil, errors.New("no route to the issuer")
	}
	return &http.Response{StatusCode: 200, Status: "200 OK", Body: io.NopCloser(strings.NewReader(i.set))}, nil
}

func TestKeysAreReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := relaytest.NewKey(t, "1"), relaytest.NewKey(t, "2")
		keeper := NewKeylessKeeper()
		good := func(k relaytest.Key, want bool) {
			t.Helper()
			if _, err := keeper.Verify(time.Now(), k.Token(t)); (err == nil) != want {
				t.Errorf("at key %s: %v, want %v", k.Kid, err, want)
			}
		}
		source := &issuer{}
		r, err := NewKeyPoller("https://issuer.example/keys", 24*time.Hour, keeper, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		r.client.Transport = source
		ctx, cancel := context.WithCancel(t.Context())
		started := make(chan struct{})
		go r.Run(ctx, started)
		<-started // the relay serves although no key is known
		good(first, false)

		// Down at first: the poller retries after 1, 2, 4 … seconds.
		time.Sleep(8 * time.Second)
		source.serve(relaytest.KeySet(first))
		time.Sleep(8 * time.Second)
		good(first, true)

		// The first token that names a new key makes the poller find the key, and the old one is removed.
		source.serve(relaytest.KeySet(second))
		good(second, false)
		time.Sleep(pollAtLeast)
		synctest.Wait()
		good(second, true)
		good(first, false)

		// Tokens with unknown keys cause no more reads than that.
		before := source.requests()
		for range 100 {
			good(relaytest.NewKey(t, "9"), false)
			time.Sleep(time.Second)
		}
		if n := source.requests() - before; n > 10 {
			t.Errorf("asked %d times in 100 s", n)
		}

		// Down again: known keys stay good.
		source.serve("")
		time.Sleep(2 * pollEvery)
		good(second, true)
		source.serve("not a key set")
		time.Sleep(2 * pollEvery)
		good(second, true)
		cancel()
	})
}

// TestKeysAreForgotten checks that keys are forgotten after failed reads for too long, and known again afterwards.
func TestKeysAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 3 * time.Hour
		began := time.Now()
		key, other := relaytest.NewKey(t, "1"), relaytest.NewKey(t, "2")
		keeper := NewKeylessKeeper()
		source := &issuer{set: relaytest.KeySet(key, other)}
		r, err := NewKeyPoller("https://issuer.example/keys", most, keeper, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		r.client.Transport = source
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		started := make(chan struct{})
		go r.Run(ctx, started)
		<-started
		who, err := keeper.Verify(time.Now(), key.Token(t))
		if err != nil {
			t.Fatal(err)
		}
		stands := func(want error) {
			t.Helper()
			synctest.Wait()
			if _, err := keeper.Verify(time.Now(), key.Token(t)); !errors.Is(err, want) || who.Key.Withdrawn() != (want != nil) {
				t.Errorf("after %v: %v, withdrawn %v", time.Since(began), err, who.Key.Withdrawn())
			}
		}
		time.Sleep(pollEvery + time.Millisecond) // one more read
		synctest.Wait()
		source.serve("")
		time.Sleep(most - time.Second)
		stands(nil)
		// The operator may ask for a read: a failed one does not renew the keys.
		r.ReadNow()
		stands(nil)
		time.Sleep(2 * time.Second)
		stands(ErrNoKeys)
		time.Sleep(most)
		stands(ErrNoKeys)
		source.serve(relaytest.KeySet(key, other))
		time.Sleep(pollRetryMax)
		synctest.Wait()
		if who, err = keeper.Verify(time.Now(), key.Token(t)); err != nil || who.Key.Withdrawn() {
			t.Errorf("the issuer is back: %v", err)
		}

		// A removed key is withdrawn by the next read, or at once by a SIGHUP.
		source.serve(relaytest.KeySet(other))
		stands(nil)
		before := source.requests()
		r.ReadNow()
		synctest.Wait()
		if n := source.requests() - before; n != 1 || !who.Key.Withdrawn() {
			t.Errorf("a SIGHUP has it read %d times; withdrawn %v", n, who.Key.Withdrawn())
		}
		source.serve(relaytest.KeySet(key))
		time.Sleep(pollEvery)
		synctest.Wait()
		who, err = keeper.Verify(time.Now(), key.Token(t))
		if err != nil {
			t.Fatal(err)
		}
		source.serve(relaytest.KeySet())
		time.Sleep(pollEvery)
		synctest.Wait()
		if _, err := keeper.Verify(time.Now(), key.Token(t)); err == nil || errors.Is(err, ErrNoKeys) || !who.Key.Withdrawn() {
			t.Errorf("an empty set: %v, withdrawn %v", err, who.Key.Withdrawn())
		}
	})
}

func TestJWKSURLMustBeSafe(t *testing.T) {
	for url, ok := range map[string]bool{
		"https://issuer.example/keys": true, "http://127.0.0.1:9/keys": true, "http://[::1]:9/k": true, "http://localhost/k": true,
		"http://issuer.example/keys": false, "issuer.example": false, "ftp://127.0.0.1/": false, "": false, "https:///keys": false,
	} {
		_, err := NewKeyPoller(url, time.Hour, NewKeylessKeeper(), slog.New(slog.DiscardHandler))
		if (err == nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// TestUntrustedKeySets checks that the poller refuses redirections and too large sets, whatever keys they have.
func TestUntrustedKeySets(t *testing.T) {
	key := relaytest.NewKey(t, "1")
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "/keys", http.StatusFound)
		case "/huge":
			_, _ = io.WriteString(w, strings.TrimSuffix(relaytest.KeySet(key), "}")+`,"more":"`+strings.Repeat("x", keySetBytesMax)+`"}`)
		default:
			_, _ = io.WriteString(w, relaytest.KeySet(key))
		}
	}))
	defer source.Close()
	for path, taken := range map[string]bool{"/keys": true, "/away": false, "/huge": false} {
		keeper := NewKeylessKeeper()
		r, err := NewKeyPoller(source.URL+path, time.Hour, keeper, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.read(t.Context()); (err == nil) != taken {
			t.Errorf("%s: %v, want it taken: %v", path, err, taken)
		}
		if _, err := keeper.Verify(time.Now(), key.Token(t)); (err == nil) != taken {
			t.Errorf("%s: a token of its key: %v", path, err)
		}
	}
}
