package server_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"hallway/relay/guard"
	"hallway/relay/rules"
	"hallway/relay/server"
)

// slowHistory is a history that makes each page only when the test allows it.
type slowHistory struct {
	history
	heeds bool          // a page whose context ends is not made: a slow machine may need longer than the store's time
	asked chan string   // the user of each started page
	made  chan struct{} // receives a value for each allowed page
	ended chan error    // of the pages whose context ended before
}

func newSlowHistory() *slowHistory {
	return &slowHistory{asked: make(chan string, 1000), made: make(chan struct{}), ended: make(chan error, 1000)}
}

func (h *slowHistory) Page(ctx context.Context, _, user string, _ rules.Query) ([]byte, error) {
	h.asked <- user
	var done <-chan struct{}
	if h.heeds {
		done = ctx.Done()
	}
	select {
	case <-h.made:
		return h.page.Append(nil), nil
	case <-done:
		h.ended <- ctx.Err()
		return nil, ctx.Err()
	}
}

// next returns the user of the next started page.
func (h *slowHistory) next(t *testing.T) string {
	t.Helper()
	select {
	case user := <-h.asked:
		return user
	case <-time.After(patience):
		t.Fatal("no page is begun")
		return ""
	}
}

// asking returns a connection on which a page was requested.
func (s *site) asking(path, user, address string) net.Conn {
	s.t.Helper()
	nc, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { nc.Close() })
	if _, err := fmt.Fprintf(nc, "GET %s HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\nAuthorization: Bearer %s\r\n\r\n", path, address, s.token(user, "*")); err != nil {
		s.t.Fatal(err)
	}
	return nc
}

// startSlow serves such a history, behind a proxy that all clients use.
func startSlow(t *testing.T) (*site, *slowHistory) {
	t.Helper()
	h := newSlowHistory()
	s := start(t, func(o *server.Options) {
		o.History = h
		o.Proxies = proxies("127.0.0.0/8")
	})
	return s, h
}

const searchPath = messagesPath + "?q=slow"

// crowd makes n requests, and waits until all slots are taken.
func (s *site) crowd(h *slowHistory, n int, path string, who func(i int) (user, address string)) (begun int) {
	s.t.Helper()
	for i := range n {
		user, address := who(i)
		s.asking(path, user, address)
	}
	begun = runtime.GOMAXPROCS(0)
	if !strings.Contains(path, "q=") {
		begun *= 2
	}
	for range begun {
		h.next(s.t)
	}
	return begun
}

// TestNothingWaitsBehindRequests checks that health, metrics and handshakes are answered while hundreds of requests
// wait for the store, and that only searches wait for searches.
func TestNothingWaitsBehindRequests(t *testing.T) {
	for name, path := range map[string]string{"searches": searchPath, "pages": messagesPath} {
		t.Run(name, func(t *testing.T) {
			s, h := startSlow(t)
			served := make(chan net.Conn, 1)
			s.backend.serve = func(nc net.Conn, _ netip.AddrPort) { served <- nc }
			s.crowd(h, 300, path, func(i int) (string, string) { return fmt.Sprint("u", i), "198.51.100.1" })
			http.DefaultClient.Timeout = patience
			defer func() { http.DefaultClient.Timeout = 0 }()
			for _, path := range []string{"/healthz", "/readyz", "/metrics", "/v1/openapi.json"} {
				if r := s.ask("GET", path, ""); r.StatusCode != http.StatusOK {
					t.Errorf("%s: %s", path, r.Status)
				}
			}
			_, r := s.dial(s.handshake(nil))
			if res, err := http.ReadResponse(r, nil); err != nil || res.StatusCode != http.StatusSwitchingProtocols {
				t.Fatalf("a handshake: %v, %v", res, err)
			}
			(<-served).Close()
			if path == searchPath {
				s.asking(messagesPath, "reader", "198.51.100.1")
				if user := h.next(t); user != "reader" {
					t.Errorf("a page of %s is begun", user)
				}
			}
			close(h.made)
		})
	}
}

// TestTurnsAreFair checks that a user's single request is served next, however many another user, or another address
// with many users, has made before.
func TestTurnsAreFair(t *testing.T) {
	for name, heavy := range map[string]func(i int) (user, address string){
		"one user at one address":     func(int) (string, string) { return "heavy", "198.51.100.1" },
		"one user at many addresses":  func(i int) (string, string) { return "heavy", fmt.Sprintf("198.51.100.%d", i%200) },
		"many users at one address":   func(i int) (string, string) { return fmt.Sprint("heavy", i), "198.51.100.1" },
		"few users at a few of these": func(i int) (string, string) { return fmt.Sprint("heavy", i%4), fmt.Sprintf("198.51.100.%d", i%3) },
	} {
		for _, path := range []string{messagesPath, searchPath} {
			t.Run(name+", "+path, func(t *testing.T) {
				s, h := startSlow(t)
				begun := s.crowd(h, 30, path, heavy)
				s.asking(path, "light", "198.51.100.250")
				// It is queued after another one of its user's, in the other pool.
				s.awaitWaiting(31 - begun)
				h.made <- struct{}{}
				// A few of the users with as few requests may go before it.
				for n := 0; h.next(t) != "light"; n++ {
					if n > 4 {
						t.Fatal("it waits behind what others have asked for")
					}
					h.made <- struct{}{}
				}
				close(h.made)
			})
		}
	}
}

// awaitWaiting waits until n requests wait for their turn.
func (s *site) awaitWaiting(n int) {
	s.t.Helper()
	s.awaitMetric("hallway_requests_waiting", func(waiting float64) bool { return int(waiting) == n })
}

// awaitMetric waits until a metric has an expected value.
func (s *site) awaitMetric(name string, well func(float64) bool) {
	s.t.Helper()
	for began := time.Now(); ; {
		_, rest, _ := strings.Cut(s.ask("GET", "/metrics", "").body, "\n"+name+" ")
		value, _, _ := strings.Cut(rest, "\n")
		if n, err := strconv.ParseFloat(value, 64); err == nil && well(n) {
			return
		}
		if time.Since(began) > patience {
			s.t.Fatalf("%s is %q", name, value)
		}
	}
}

// TestLinesAreBounded checks that a user with too many waiting requests is refused the next one at once, and other
// users are not.
func TestLinesAreBounded(t *testing.T) {
	s, h := startSlow(t)
	begun := s.crowd(h, guard.SearchesWaitingUserMax+runtime.GOMAXPROCS(0), searchPath, func(int) (string, string) { return "heavy", "198.51.100.1" })
	s.awaitWaiting(guard.SearchesWaitingUserMax + runtime.GOMAXPROCS(0) - begun)
	nc := s.asking(searchPath, "heavy", "198.51.100.2")
	r := s.read(bufio.NewReader(nc), "GET")
	s.wantProblem(r, 429, "rate_limited")
	if r.Header.Get("Retry-After") == "" {
		t.Error("not told when to come again")
	}
	light := s.asking(searchPath, "light", "198.51.100.1")
	close(h.made)
	if r := s.read(bufio.NewReader(light), "GET"); r.StatusCode != http.StatusOK {
		t.Errorf("another user: %s", r.Status)
	}
}
