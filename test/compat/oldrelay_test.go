package compat_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/component/driver"
	"hallway/component/vault"
	"hallway/e2ee/devicetest"
	cipher "hallway/e2ee/native"
	"hallway/protocol"
	"hallway/test/relaytest"
)

// older is a proxy between a chat and the current relay. It keeps everything that the chat sends. If hides is set, it also hides
// encryption from the chat, as an older relay does: the feature, the state of the room, and the frames about keys.
type older struct {
	relay *url.URL
	hides bool

	mu   sync.Mutex
	sent []byte        // frames and requests of the chat
	told chan struct{} // has a token where there is more
}

func startOlder(t *testing.T, relay string, hides bool) (address string, o *older) {
	t.Helper()
	target, err := url.Parse("http://" + relay)
	if err != nil {
		t.Fatal(err)
	}
	o = &older{relay: target, hides: hides, told: make(chan struct{}, 1)}
	rest := httputil.NewSingleHostReverseProxy(target)
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/ws", o.socket)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		o.keep([]byte(r.URL.String()), body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		rest.ServeHTTP(w, r)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, o
}

// keep records the frames and requests of the chat.
func (o *older) keep(parts ...[]byte) {
	o.mu.Lock()
	for _, part := range parts {
		o.sent = append(append(o.sent, part...), '\n')
	}
	o.mu.Unlock()
	select {
	case o.told <- struct{}{}:
	default:
	}
}

// has reports whether the chat has sent a text.
func (o *older) has(text string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Contains(o.sent, []byte(text))
}

func (o *older) socket(w http.ResponseWriter, r *http.Request) {
	up := func(frame []byte) [][]byte {
		o.keep(frame)
		return [][]byte{frame}
	}
	down := func(frame []byte) [][]byte {
		if frame = o.hide(frame); frame == nil {
			return nil
		}
		return [][]byte{frame}
	}
	tunnel(w, r, o.relay, up, down)
}

// hide removes encryption from a frame of the relay.
func (o *older) hide(frame []byte) []byte {
	var f map[string]any
	if !o.hides || json.Unmarshal(frame, &f) != nil {
		return frame
	}
	switch f["type"] {
	case "device", "turned", "wrapped", "wanted", "due":
		return nil
	case "welcome":
		features, _ := f["features"].([]any)
		f["features"] = slices.DeleteFunc(features, func(name any) bool { return name == protocol.FeatureE2EE })
	}
	delete(f, "e2ee")
	changed, err := json.Marshal(f)
	if err != nil {
		return nil
	}
	return changed
}

// secret is the text that an encrypted chat sends. No frame and no request may contain it in any of its forms.
const secret = "The vault opens at nine."

// forms returns the forms in which a text would be plain to a reader.
func forms(text string) (all []string) {
	all = []string{text, url.QueryEscape(text), url.PathEscape(text), fmt.Sprintf("%x", text)}
	for offset := range 3 { // a base64 text has three forms, by its place
		coded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat(" ", offset) + text))
		all = append(all, coded[4:len(coded)-4])
	}
	return all
}

// TestEncryptedChatInAPlainRoom checks that a chat that encrypts sends nothing in the clear, neither to a relay that does not
// know encryption, nor into a plain room of the current relay. In an encrypted room it sends the same
// contents encrypted.
func TestEncryptedChatInAPlainRoom(t *testing.T) {
	for name, c := range map[string]struct{ hides, encrypted bool }{
		"an old relay":                     {hides: true},
		"a relay that hides encryption":    {hides: true, encrypted: true},
		"today's relay and a plain room":   {},
		"today's relay and encrypted room": {encrypted: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := relaytest.Start(t)
			prepareRoom(t, r, c.encrypted)
			address, between := startOlder(t, r.Addr, c.hides)
			p := startEncrypted(t, address)
			state := client.LockMissing
			if c.encrypted && !c.hides {
				state = client.LockReady
			}
			s := p.until(t, string(state), func(s client.Snapshot) bool {
				return s.Status == client.StatusLive && s.Lock.State == state && len(s.Messages) == 2
			})
			p.writes(t, s.Messages[0].ID)
			// The chat sends in order: with this reaction it has sent everything before it that it ever sends.
			p.Do(client.React{ID: s.Messages[1].ID, Emoji: "👍", On: true})
			p.until(t, "the reaction", func(s client.Snapshot) bool { return len(s.Messages[1].Reactions) == 1 })
			for _, form := range forms(secret) {
				if between.has(form) {
					t.Errorf("the chat has sent %q", form)
				}
			}
			if wrote := between.has(`"ct":`); wrote != (state == client.LockReady) {
				t.Errorf("the chat has sent encrypted texts: %v", wrote)
			}
		})
	}
}

// prepareRoom makes the room, with two plain messages of the chat's user from before it was encrypted.
func prepareRoom(t *testing.T, r *relaytest.Relay, encrypted bool) {
	t.Helper()
	s := newStage(t, "")
	s.relay = r
	lines := []string{
		`person u_ada {"sub":"u_ada","name":"Ada","role":"organizer","rooms":["lobby"]}`,
		`u_ada POST /v1/rooms/lobby/messages {"id":"0199a1c4-7f3e-7c21-9f6a-000000000001","text":"Before."}`,
		`u_ada POST /v1/rooms/lobby/messages {"id":"0199a1c4-7f3e-7c21-9f6a-000000000002","text":"Before, too."}`,
	}
	if encrypted {
		lines = append(lines, `u_ada PUT /v1/rooms/lobby {"settings":{"e2ee":1}}`)
	}
	for _, line := range lines {
		if _, err := s.play(line); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
}

// encryptedChat is a chat that encrypts, with Go's ciphers.
type encryptedChat struct {
	*driver.Driver
	changed chan struct{} // has a token when there is a new snapshot
}

func startEncrypted(t *testing.T, relay string) *encryptedChat {
	t.Helper()
	issuer := devicetest.NewKey()
	p := &encryptedChat{changed: make(chan struct{}, 1)}
	p.Driver = driver.Start(driver.Options{
		Relay: relay, Room: "lobby", Client: "hallway-compat-test",
		Token: relaytest.Token(t, map[string]any{"sub": "u_ada", "name": "Ada", "role": "organizer", "rooms": []string{"lobby"}}),
		Vault: vault.New(vault.Options{
			Cipher: cipher.New(nil), Relay: relay, Room: "lobby", Now: time.Now,
			GetDevice: func(_ context.Context, jkt string) (string, error) {
				return devicetest.Certificate(issuer, "u_ada", "Ada", "organizer", jkt, "lobby"), nil
			},
			IssuerKeys: func(context.Context) ([]byte, error) { return devicetest.KeySet(issuer), nil },
		}),
		OnChange: func(client.Snapshot) {
			select {
			case p.changed <- struct{}{}:
			default:
			}
		},
	})
	t.Cleanup(p.Close)
	return p
}

// writes writes the secret in every way that a user has: in a text, in a file, and in an edit of an earlier message.
func (p *encryptedChat) writes(t *testing.T, earlier string) {
	t.Helper()
	if _, err := p.Send(secret); err != nil {
		t.Log(err) // a chat that cannot encrypt refuses the event
	}
	file := client.Attachment{ID: "0199a1c4-7f3e-7c21-9f6a-0000000000f1", Name: secret + ".txt", Size: int64(len(secret))}
	if err := p.Attach(file, []byte(secret)); err != nil {
		t.Log(err)
	}
	p.Do(client.SendText{ID: "0199a1c4-7f3e-7c21-9f6a-0000000000a1", Text: secret, Files: []string{file.ID}})
	p.Do(client.EditText{ID: earlier, Text: secret})
}

// until waits until the chat's snapshot fits, and returns it.
func (p *encryptedChat) until(t *testing.T, what string, seen func(client.Snapshot) bool) client.Snapshot {
	t.Helper()
	late := time.After(patience)
	for {
		s := p.Snapshot()
		if s.Lock != nil && seen(s) {
			return s
		}
		select {
		case <-p.changed:
		case <-late:
			t.Fatalf("waits for %s and sees %s, lock %+v, %d messages", what, s.Status, s.Lock, len(s.Messages))
		}
	}
}
