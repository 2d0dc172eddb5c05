package server_test

import (
	"strings"
	"testing"

	"hallway/relay/bus"
	"hallway/relay/server"
)

// TestBusDown checks that a relay whose bus is down stays ready, and reports it.
func TestBusDown(t *testing.T) {
	up := true
	metrics := server.NewMetrics("1.2.3")
	metrics.Bus(func() bus.Stats { return bus.Stats{Connected: up, Dropped: 7} })
	s := start(t, func(o *server.Options) { o.BusUp, o.Metrics = func() bool { return up }, metrics })
	for _, want := range []string{"up", "down"} {
		up = want == "up"
		if r := s.ask("GET", "/readyz", ""); r.StatusCode != 200 || r.body != `{"status":"ready","bus":"`+want+`"}` {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
	}
	for _, want := range []string{"hallway_bus_up 0", "hallway_bus_dropped_total 7"} {
		if r := s.ask("GET", "/metrics", ""); !strings.Contains(r.body, "\n"+want+"\n") {
			t.Errorf("%s is not in the metrics", want)
		}
	}
}
