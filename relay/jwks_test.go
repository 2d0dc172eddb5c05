package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hallway/relay/auth"
)

// edKey is a key pair for EdDSA under a name.
type edKey struct {
	kid     string
	private ed25519.PrivateKey
}

func newEdKey(t *testing.T, kid string) edKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return edKey{kid, private}
}

// audience is that of the tokens of an edKey.
const audience = "hallway-tests"

func (k edKey) token(t *testing.T) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
		"sub": "ada", "aud": []string{"another", audience}, "exp": time.Now().Add(time.Hour).Unix(), "rooms": []string{"*"},
	})
	token.Header["kid"] = k.kid
	signed, err := token.SignedString(k.private)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// set is a key set of keys.
func set(keys ...edKey) string {
	var list []string
	for _, k := range keys {
		x := base64.RawURLEncoding.EncodeToString(k.private.Public().(ed25519.PublicKey))
		list = append(list, fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","kid":%q,"x":%q}`, k.kid, x))
	}
	return `{"keys":[` + strings.Join(list, ",") + `]}`
}

// issuer answers requests for the key set, without a network.
type issuer struct {
	mu    sync.Mutex
	set   string // "": it is down
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
		first, second := newEdKey(t, "1"), newEdKey(t, "2")
		keeper := auth.NewKeylessKeeper()
		good := func(k edKey, want bool) {
			t.Helper()
			if _, err := keeper.Verify(time.Now(), k.token(t)); (err == nil) != want {
				t.Errorf("at key %s: %v, want %v", k.kid, err, want)
			}
		}
		source := &issuer{}
		r, err := newKeyReader("https://issuer.example/keys", 24*time.Hour, keeper, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		r.client.Transport = source
		ctx, cancel := context.WithCancel(t.Context())
		started := make(chan struct{})
		go r.run(ctx, started)
		<-started // the relay serves although no key is known
		good(first, false)

		// Down at first: asked again after 1, 2, 4 … seconds.
		time.Sleep(8 * time.Second)
		source.serve(set(first))
		time.Sleep(8 * time.Second)
		good(first, true)

		// A new key is found by the first token that names it, and the old one goes.
		source.serve(set(second))
		good(second, false)
		time.Sleep(jwksAtLeast)
		synctest.Wait()
		good(second, true)
		good(first, false)

		// Tokens with keys of nobody do not have it asked more often than that.
		before := source.requests()
		for range 100 {
			good(newEdKey(t, "9"), false)
			time.Sleep(time.Second)
		}
		if n := source.requests() - before; n > 10 {
			t.Errorf("asked %d times in 100 s", n)
		}

		// Down again: what is known stays good.
		source.serve("")
		time.Sleep(2 * jwksEvery)
		good(second, true)
		source.serve("not a key set")
		time.Sleep(2 * jwksEvery)
		good(second, true)
		cancel()
	})
}

// TestKeysAreForgotten once they could not be read for too long, and known again after.
func TestKeysAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 3 * time.Hour
		began := time.Now()
		key, other := newEdKey(t, "1"), newEdKey(t, "2")
		keeper := auth.NewKeylessKeeper()
		source := &issuer{set: set(key, other)}
		r, err := newKeyReader("https://issuer.example/keys", most, keeper, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		r.client.Transport = source
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		started := make(chan struct{})
		go r.run(ctx, started)
		<-started
		who, err := keeper.Verify(time.Now(), key.token(t))
		if err != nil {
			t.Fatal(err)
		}
		stands := func(want error) {
			t.Helper()
			synctest.Wait()
			if _, err := keeper.Verify(time.Now(), key.token(t)); !errors.Is(err, want) || who.Key.Withdrawn() != (want != nil) {
				t.Errorf("after %v: %v, withdrawn %v", time.Since(began), err, who.Key.Withdrawn())
			}
		}
		time.Sleep(jwksEvery + time.Millisecond) // it is read once more
		synctest.Wait()
		source.serve("")
		time.Sleep(most - time.Second)
		stands(nil)
		// The operator may ask: that it was tried makes it no younger.
		r.hangup <- syscall.SIGHUP
		stands(nil)
		time.Sleep(2 * time.Second)
		stands(auth.ErrNoKeys)
		time.Sleep(most)
		stands(auth.ErrNoKeys)
		source.serve(set(key, other))
		time.Sleep(jwksRetryMax)
		synctest.Wait()
		if who, err = keeper.Verify(time.Now(), key.token(t)); err != nil || who.Key.Withdrawn() {
			t.Errorf("the issuer is back: %v", err)
		}

		// A key that was taken out is gone with the next read, or at once by a SIGHUP.
		source.serve(set(other))
		stands(nil)
		before := source.requests()
		r.hangup <- syscall.SIGHUP
		synctest.Wait()
		if n := source.requests() - before; n != 1 || !who.Key.Withdrawn() {
			t.Errorf("a SIGHUP has it read %d times; withdrawn %v", n, who.Key.Withdrawn())
		}
		source.serve(set(key))
		time.Sleep(jwksEvery)
		synctest.Wait()
		who, err = keeper.Verify(time.Now(), key.token(t))
		if err != nil {
			t.Fatal(err)
		}
		source.serve(set())
		time.Sleep(jwksEvery)
		synctest.Wait()
		if _, err := keeper.Verify(time.Now(), key.token(t)); err == nil || errors.Is(err, auth.ErrNoKeys) || !who.Key.Withdrawn() {
			t.Errorf("an empty set: %v, withdrawn %v", err, who.Key.Withdrawn())
		}
	})
}

func TestJWKSURLMustBeSafe(t *testing.T) {
	for url, ok := range map[string]bool{
		"https://issuer.example/keys": true, "http://127.0.0.1:9/keys": true, "http://[::1]:9/k": true, "http://localhost/k": true,
		"http://issuer.example/keys": false, "issuer.example": false, "ftp://127.0.0.1/": false, "": false, "https:///keys": false,
	} {
		_, err := newKeyReader(url, time.Hour, auth.NewKeylessKeeper(), slog.New(slog.DiscardHandler))
		if (err == nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestTokensOfAKeySetOpenTheRelay(t *testing.T) {
	key, stranger := newEdKey(t, "k1"), newEdKey(t, "k1")
	var reads atomic.Int32
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reads.Add(1)
		_, _ = io.WriteString(w, set(key))
	}))
	defer source.Close()
	p := serve(t, "--jwks-url", source.URL, "--jwt-audience", audience)
	_, shared, _ := run(t, nil, "token", "--sub", "ada", "--room", "*", "--jwt-audience", audience)
	for token, want := range map[string]int{
		key.token(t): 200, stranger.token(t): 401, strings.TrimSpace(shared): 200, // the secret is good as well
		token(t, "ada", "*"): 401, // for whom it is, it does not say
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
