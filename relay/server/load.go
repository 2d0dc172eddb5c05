package server

import (
	"net/netip"

	"hallway/relay/guard"
)

// limits adds the server's limits to the metrics.
func (m *Metrics) limits(o *Options) {
	m.Limit("connections", float64(o.Admit.Conns))
	m.Limit("handshakes_per_second", float64(o.Admit.HandshakesPerSecond))
	m.Limit("requests_per_second_address", float64(o.Addresses.Limits().RequestsPerSecond))
	m.Limit("bad_tokens_per_minute_address", float64(o.Addresses.Limits().BadTokensPerMinute))
}

// load adds waiting work to the metrics: requests that wait for a slot, unread answers, and incomplete requests.
func (m *Metrics) load(pools *pools, answers *guard.Answers, halves *guard.Halves[netip.Addr]) {
	gaugeOf(m, "hallway_requests_waiting", "Requests that wait for their turn with the store.", func() int {
		return pools.users.Waiting() + pools.searches.Waiting()
	})
	gaugeOf(m, "hallway_unread_bytes", "Bytes of answers that wait to be read.", answers.Bytes)
	gaugeOf(m, "hallway_half_request_bytes", "Bytes held of requests that are not whole yet.", halves.Bytes)
	for name, most := range map[string]float64{
		"requests_waiting": guard.WaitingMax, "requests_waiting_address": guard.WaitingAddressMax,
		"requests_waiting_user": guard.WaitingUserMax,
		"searches_waiting":      guard.SearchesWaitingMax, "searches_waiting_address": guard.SearchesWaitingAddressMax,
		"searches_waiting_user": guard.SearchesWaitingUserMax,
		"unread_bytes":          guard.UnreadBytesMax, "unread_bytes_address": guard.UnreadAddressBytesMax,
		"unread_bytes_user":  guard.UnreadUserBytesMax,
		"half_request_bytes": guard.HalfBytesMax,
	} {
		m.Limit(name, most)
	}
}
