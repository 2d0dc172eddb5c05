package server

import "github.com/prometheus/client_golang/prometheus"

// tellLoad has the metrics tell what waits: requests for their turn, answers to be read,
// requests to be whole.
func (s *Server) tellLoad() {
	gauge := func(name, help string, of func() int) {
		s.metrics.registry.MustRegister(prometheus.NewGaugeFunc(
			prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(of()) }))
	}
	gauge("hallway_requests_waiting", "Requests that wait for their turn with the store.", func() int {
		return s.lanes.work.waiting() + s.lanes.searches.waiting()
	})
	gauge("hallway_unread_bytes", "Bytes of answers that wait to be read.", s.answers.unread)
	gauge("hallway_half_request_bytes", "Bytes held of requests that are not whole yet.", s.halves.held)
	for name, most := range map[string]float64{
		"requests_waiting": LineMax, "requests_waiting_address": LineAddressMax, "requests_waiting_user": LineUserMax,
		"searches_waiting": SearchLineMax, "searches_waiting_address": SearchLineAddressMax, "searches_waiting_user": SearchLineUserMax,
		"unread_bytes": UnreadBytesMax, "unread_bytes_address": UnreadAddressBytesMax, "unread_bytes_user": UnreadUserBytesMax,
		"half_request_bytes": HalfBytesMax,
	} {
		s.metrics.Limit(name, most)
	}
}

func (t *turns) waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.line.waiting
}

func (a *answers) unread() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.bytes
}

func (h *halves) held() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.bytes
}
