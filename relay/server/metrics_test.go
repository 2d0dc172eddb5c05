package server_test

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"

	"hallway/protocol"
	"hallway/relay/conn"
	"hallway/relay/engine"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
	"hallway/relay/server"
)

// TestMetrics checks that /metrics needs no token, and counts events without naming users.
func TestMetrics(t *testing.T) {
	metrics := server.NewMetrics("1.2.3")
	a := relaytest.NewArchive(20)
	close(a.Gate)
	e := engine.New(engine.Options{
		Hub:   hub.Config{Server: "hallway/test", Verifier: relaytest.Everyone{}, ConnsPerUser: 1, Rate: 7},
		Store: a, Log: slog.New(slog.DiscardHandler), Meter: metrics,
	})
	metrics.Engine(e)
	s := start(t, func(o *server.Options) { o.Backend, o.History, o.Metrics = e, e, metrics })

	ada, bob := relaytest.Enter(t, e, "ada-lovelace"), relaytest.Enter(t, e, "bob-roberts")
	bob.Say(relaytest.SendOf(21))
	relaytest.Hear[protocol.Changed](ada)
	relaytest.Hear[protocol.Changed](bob)
	bob.Say(protocol.Join{Room: "no room"})
	relaytest.Hear[protocol.Error](bob)
	client, relay := net.Pipe()
	go e.Serve(relay, netip.AddrPort{})
	again := relaytest.NewClient(t, client)
	again.Say(protocol.Hello{Token: "ada-lovelace"})
	relaytest.Hear[protocol.Error](again)
	again.WantClose(protocol.CloseTooMany)
	// The transport's own closes are counted for the process.
	broken := conn.Closed()[protocol.CloseNotProtocol]
	binary := relaytest.Enter(t, e, "binary")
	if err := binary.WriteFrame(ws.NewBinaryFrame(nil)); err != nil {
		t.Fatal(err)
	}
	binary.WantClose(protocol.CloseNotProtocol)
	for e.Conns() != 2 {
		runtime.Gosched()
	}
	bearer := "Bearer " + s.token("u1", "*")
	s.ask("GET", messagesPath, "", "Authorization", bearer)
	s.ask("GET", messagesPath, "", "Authorization", bearer)
	s.ask("GET", messagesPath+"?before=3", "", "Authorization", bearer)
	s.ask("GET", messagesPath, "", "Authorization", "Bearer no")

	r := s.ask("GET", "/metrics", "")
	if kind := r.Header.Get("Content-Type"); r.StatusCode != 200 || !strings.HasPrefix(kind, "text/plain; version=0.0.4") {
		t.Errorf("%d, Content-Type %q", r.StatusCode, kind)
	}
	for _, line := range []string{
		`hallway_build_info{goversion="go`,
		"hallway_sessions 2\n", "hallway_rooms 1\n", "hallway_members 2\n", "hallway_deliveries_total 2\n",
		"hallway_queue_ops 0\n", "hallway_queue_bytes 0\n", "hallway_draining 0\n", "hallway_auth_failures_total 0\n",
		`hallway_frames_refused_total{code="bad_request"} 1` + "\n",
		`hallway_frames_refused_total{code="rate_limited"} 1` + "\n",
		`hallway_closed_total{code="4429"} 1` + "\n",
		fmt.Sprintf("hallway_closed_total{code=\"4400\"} %d\n", broken+1),
		`hallway_closed_total{code="4409"} `,
		`hallway_pages_total{from="window"} 2` + "\n",
		`hallway_pages_total{from="store"} 1` + "\n",
		"hallway_request_auth_failures_total 1\n",
		`hallway_requests_refused_total{code="unauthorized"} 1` + "\n",
		"hallway_commit_failures_total 0\n",
		`hallway_limit{limit="messages_per_second_user"} 7` + "\n",
		`hallway_limit{limit="connections_per_user"} 1` + "\n",
		`hallway_limit{limit="frame_bytes"} 65536` + "\n",
		`hallway_limit{limit="pending_bytes"} 262144` + "\n",
		"go_goroutines ", "hallway_relays 1\n", "process_open_fds ", "hallway_window_bytes ", "hallway_received_bytes_total ",
		"hallway_sent_bytes_total ", "hallway_received_frames_total 9\n", "hallway_commit_seconds_sum ", "hallway_commit_ops_count ",
	} {
		if !strings.Contains(r.body, line) {
			t.Errorf("no %q in\n%s", line, r.body)
		}
	}
	for _, word := range []string{"lovelace", "roberts", "lobby", "hallway_tls"} { // the last one only with TLS
		if strings.Contains(r.body, word) {
			t.Errorf("the metrics hold %q", word)
		}
	}

	ada.Close()
	bob.Close()
	relaytest.Drain(t, e)
	for e.Conns() != 0 {
		runtime.Gosched()
	}
	if r := s.ask("GET", "/metrics", ""); !strings.Contains(r.body, "hallway_draining 1\n") || !strings.Contains(r.body, "hallway_commit_ops_sum ") {
		t.Errorf("after the end: %d %s", r.StatusCode, r.body)
	}
}

// TestMetricsOfABusyHub checks that a scrape does not wait for a busy hub; it gets the last answer.
func TestMetricsOfABusyHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy, began, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
		e := engine.New(engine.Options{
			Hub:   hub.Config{Server: "hallway/test", Verifier: slow{busy, began}},
			Store: &relaytest.Journal{}, Log: slog.New(slog.DiscardHandler),
		})
		client, relay := net.Pipe()
		go e.Serve(relay, netip.AddrPort{})
		ada := relaytest.NewClient(t, client)
		go func() {
			defer close(done)
			ada.Say(protocol.Hello{Token: "ada"})
		}()
		<-began
		if s := e.Stats(); s.Sessions != 0 {
			t.Errorf("%+v", s)
		}
		close(busy)
		<-done
		relaytest.Hear[protocol.Welcome](ada)
		if s := e.Stats(); s.Sessions != 1 || s.Welcomed != 1 {
			t.Errorf("%+v", s)
		}
		ada.Close()
		relaytest.Drain(t, e)
	})
}

// slow is a verifier that blocks until busy is closed.
type slow struct{ busy, began chan struct{} }

func (v slow) Verify(now time.Time, from netip.Addr, token string) (hub.Identity, error) {
	close(v.began)
	<-v.busy
	return relaytest.Everyone{}.Verify(now, from, token)
}
