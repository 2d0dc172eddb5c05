package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// hostileVariable makes a process a hostile crowd; it holds the order.
const hostileVariable = "HALLWAY_BENCH_HOSTILE"

// hostileBench measures a room of good clients, alone and then beside hostile ones: one kind after the other, then all kinds
// together. Each hostile client has its own address, as in a botnet, and works as fast as it can on the load's core, where
// the good clients have priority.
func (s *suite) hostileBench() error {
	l, err := newLoop()
	if err != nil {
		return err
	}
	defer l.close()
	keys, err := serveKeys()
	if err != nil {
		return err
	}
	defer keys.Close()
	v, err := s.guarded(l, "http://"+keys.Addr().String())
	if err != nil {
		return err
	}
	defer v.end()
	s.progress.step("hostile: %d good clients connect", s.room)
	if err := v.fill(newRoom(l, "bench"), s.room); err != nil {
		return err
	}
	alone, err := s.goodAlone(v)
	if err != nil {
		return err
	}
	kinds := append(attackNames(), allAttacks)
	if only := os.Getenv("HOSTILE"); only != "" {
		kinds = strings.Split(only, ",")
	}
	for _, kind := range kinds {
		if err := s.beside(v, kind, alone); err != nil {
			return fmt.Errorf("beside %s: %w", kind, err)
		}
	}
	return nil
}

// guarded starts a relay with its default limits, and with public keys beside the secret.
func (s *suite) guarded(l *loop, jwksURL string) (*server, error) {
	database := filepath.Join(s.folder, "hostile.db")
	return s.serve(l, "relay", func(addr string) (*process, error) {
		return startProcess([]string{"HALLWAY_JWT_SECRET=" + secret},
			s.program, "serve", "--addr", addr, "--db", database, "--jwks-url", jwksURL, "--jwt-audience", audience, "--log-level", "warn")
	})
}

// goodAlone returns the p99 of the good clients before hostile ones come.
func (s *suite) goodAlone(v *server) (p99 time.Duration, err error) {
	s.progress.step("hostile: %d good clients alone", s.room)
	if err := v.runFor(s.warm); err != nil {
		return 0, err
	}
	if _, err := v.trickle(v.senders(s.senders), 2*s.slice); err != nil {
		return 0, err
	}
	return v.takeP99(), nil
}

// beside measures the good clients while hostile clients of a kind attack the relay.
func (s *suite) beside(v *server, kind string, alone time.Duration) error {
	s.progress.step("hostile: %d good clients beside %d hostile: %s", s.room, s.hostile, kind)
	crowd, err := startCrowd(s.self, crowdOrder{Addr: v.addr, Kind: kind, Clients: s.hostile})
	if err != nil {
		return err
	}
	defer crowd.kill()
	// The first rush counts, too.
	m, err := v.trickle(v.senders(s.senders), 2*s.slice)
	if err != nil {
		return err
	}
	p99, cores := v.takeP99(), m.cores()
	crowd.kill()
	s.progress.step("hostile: %s: p99 %.1f ms, %.2f × of alone", kind, milliseconds(p99), p99.Seconds()/alone.Seconds())
	s.add(row{
		What:   fmt.Sprintf("20 messages/s to %d beside %d hostile, %s: p99", s.room, s.hostile, kind),
		Figure: milliseconds(p99), Unit: "ms", Limit: milliseconds(alone), LimitWhat: "alone",
		Target: 2, OfLimit: true, AtMost: true,
		Note: v.notes(fmt.Sprintf("relay %s; %s", cores, crowd.lastLine())),
	})
	clear(v.ends)
	return v.runFor(s.warm / 2) // so that this crowd does not slow down the measurement of the next one
}

// takeP99 returns the p99 of the deliveries since its last call.
func (t *target) takeP99() time.Duration {
	p99 := percentile(t.latencies, 0.99)
	t.latencies = nil
	return p99
}

// serveKeys serves a set of public keys as an identity provider does; nobody has the private key. Closing the listener ends it.
func serveKeys() (net.Listener, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	point, err := key.PublicKey.Bytes() // 4, then x and y
	if err != nil {
		return nil, err
	}
	b64 := base64.RawURLEncoding.EncodeToString
	set, err := json.Marshal(map[string]any{"keys": []map[string]string{{
		"kty": "EC", "crv": "P-256", "kid": guessedKey, "use": "sig", "alg": "ES256", "x": b64(point[1:33]), "y": b64(point[33:]),
	}}})
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{ReadHeaderTimeout: startLimit, Handler: http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(set) })}
	go func() { _ = server.Serve(ln) }()
	return ln, nil
}
