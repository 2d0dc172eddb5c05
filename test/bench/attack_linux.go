package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"hallway/protocol"
	"hallway/relay/auth"
)

// An attack describes the behaviour of one kind of hostile client on each of its connections.
type attack struct {
	name  string
	first func(*attacker) []byte // written first
	more  func(*attacker) []byte // written again and again
	// every is the wait between two writes; 0 means that the next follows at once.
	every  time.Duration
	leaves bool // the client leaves at the first answer
	deaf   bool // the client never reads
}

// allAttacks gives the clients all kinds of attacks, in turn.
const allAttacks = "all together"

// guessedKey is the id of the public key in guessed tokens.
const guessedKey = "idp-1"

var errLeft = errors.New("left")

const (
	floodBytes = 8 << 10 // about as much as a flooding client writes at once
	hugeBytes  = 1 << 20
)

var attacks = []attack{
	{name: "garbage bytes", more: garbage},
	{name: "garbage frames", first: upgraded, more: func(*attacker) []byte {
		return appendMasked(nil, finText, noise(100))
	}},
	{name: "half a handshake", first: slow("GET /v1/ws HTTP/1.1\r\nHost: x\r\nX-Slow: "), more: drip, every: time.Second},
	{name: "half a frame", first: halfFrame, more: drip, every: time.Second},
	{name: "flooding frames", first: entered, more: flood(func(a *attacker) protocol.ClientFrame {
		return protocol.Read{Room: a.room(), Seq: 1}
	})},
	{name: "flooding pings", first: entered, more: flood(func(*attacker) protocol.ClientFrame { return protocol.Ping{T: "1"} })},
	{name: "flooding WebSocket pings", first: entered, more: func(*attacker) []byte {
		return bytes.Repeat(appendMasked(nil, finPing, []byte("ping")), floodBytes/10)
	}},
	{name: "flooding sends", first: entered, more: flood(func(a *attacker) protocol.ClientFrame {
		return protocol.Send{Room: a.room(), ID: uuid.Must(uuid.NewV7()).String(), Text: text}
	})},
	{name: "frames before hello", first: upgraded, more: flood(func(a *attacker) protocol.ClientFrame {
		return protocol.Join{Room: a.room()}
	})},
	{name: "huge frames", first: entered, more: func(a *attacker) []byte {
		if a.rounds%2 == 0 { // a frame as large as allowed, with nothing of use in it
			return appendMasked(nil, finText, fmt.Appendf(nil, `{"type":"nothing","x":"%060000d"}`, 1))
		}
		return appendMasked(nil, finText, make([]byte, hugeBytes))
	}},
	{name: "never reading", first: entered, deaf: true, more: flood(func(*attacker) protocol.ClientFrame {
		return protocol.Ping{T: "10000000000000000000000000000000"}
	})},
	{name: "never reading pages", deaf: true, more: func(a *attacker) []byte {
		return a.request("GET", "/v1/rooms/bench/messages?limit=500", a.bearer())
	}},
	{name: "half a frame before hello", first: func(a *attacker) []byte {
		const there = protocol.HelloBytesMax - 1000
		return append(upgraded(a), appendMasked(nil, finText, make([]byte, protocol.HelloBytesMax))[:there]...)
	}, more: drip, every: time.Second},
	{name: "half a request", first: slow("POST /v1/rooms/bench/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{"), more: drip, every: time.Second},
	{name: "guessing tokens", first: func(a *attacker) []byte {
		return append(upgraded(a), say(protocol.Hello{Token: guess(a)})...)
	}},
	{name: "guessing tokens over REST", more: func(a *attacker) []byte { return a.request("GET", "/v1/rooms", guess(a)) }},
	{name: "connecting and leaving", first: upgraded, leaves: true},
	{name: "connecting without a word", first: func(a *attacker) []byte { a.socket.end(errLeft); return nil }},
	{name: "flooding requests", more: func(a *attacker) []byte {
		return a.request("GET", "/v1/rooms/bench/messages?limit=500", a.bearer())
	}},
	{name: "flooding searches", more: func(a *attacker) []byte {
		return a.request("GET", "/v1/rooms/bench/messages?q=d+o+b+p", a.bearer())
	}},
}

func attackNames() []string {
	names := make([]string, len(attacks))
	for i := range attacks {
		names[i] = attacks[i].name
	}
	return names
}

func attackOf(name string) *attack {
	for i := range attacks {
		if attacks[i].name == name {
			return &attacks[i]
		}
	}
	return nil
}

// room returns the name of the attacker's room, which its token opens.
func (a *attacker) room() string { return fmt.Sprintf("bench-hostile-%d", a.n) }

// bearer returns a valid token: users can be hostile, too.
func (a *attacker) bearer() string {
	if a.token == "" {
		token, err := a.crowd.keeper.Issue(auth.Claims{
			Sub: fmt.Sprintf("u_hostile_%d", a.n), Name: "Mallory", Role: protocol.RoleParticipant,
			Rooms: auth.Rooms{{Pattern: "bench*", Role: protocol.RoleParticipant}},
		}, time.Now().Add(tokenFor))
		if err != nil {
			panic(err) // the encoder refuses only values out of bounds, and there are none here
		}
		a.token = token
	}
	return a.token
}

func say(f protocol.ClientFrame) []byte { return appendMasked(nil, finText, protocol.Encode(f)) }

func upgraded(a *attacker) []byte { return fmt.Appendf(nil, handshake, a.crowd.addr) }

func entered(a *attacker) []byte {
	return append(append(upgraded(a), say(protocol.Hello{Token: a.bearer()})...), say(protocol.Join{Room: a.room()})...)
}

func (a *attacker) request(method, path, token string) []byte {
	return fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", method, path, a.crowd.addr, token)
}

// guess returns a well-formed token with a wrong signature: in turn one for the shared secret and one for the public key.
func guess(a *attacker) string {
	b64 := base64.RawURLEncoding.EncodeToString
	header, signature := `{"alg":"ES256","typ":"JWT","kid":"`+guessedKey+`"}`, noise(64)
	if a.rounds++; a.rounds%2 == 0 {
		header, signature = `{"alg":"HS256","typ":"JWT"}`, noise(32)
	}
	payload := fmt.Sprintf(`{"sub":"u_%d","exp":%d,"rooms":["*"],"role":"organizer"}`, a.n, time.Now().Add(tokenFor).Unix())
	return b64([]byte(header)) + "." + b64([]byte(payload)) + "." + b64(signature)
}

// flood returns floodBytes of frames.
func flood(frame func(*attacker) protocol.ClientFrame) func(*attacker) []byte {
	return func(a *attacker) []byte {
		var all []byte
		for len(all) < floodBytes {
			all = appendMasked(all, finText, protocol.Encode(frame(a)))
		}
		return all
	}
}

func slow(begin string) func(*attacker) []byte {
	return func(*attacker) []byte { return []byte(begin) }
}

// halfFrame returns the first bytes of a large frame.
func halfFrame(a *attacker) []byte {
	return append(entered(a), appendMasked(nil, finText, make([]byte, 60_000))[:10]...)
}

func drip(*attacker) []byte { return []byte("x") }

func garbage(*attacker) []byte { return noise(floodBytes) }

// noise returns n random bytes.
func noise(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(rand.Uint32())
	}
	return p
}
