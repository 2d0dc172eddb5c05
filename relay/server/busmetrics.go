package server

import (
	"github.com/prometheus/client_golang/prometheus"

	"hallway/relay/bus"
)

// A busCollector collects the counters of the bus to the other relays.
type busCollector func() bus.Stats

// Describe implements prometheus.Collector.
func (c busCollector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect implements prometheus.Collector.
func (c busCollector) Collect(ch chan<- prometheus.Metric) {
	s, to := c(), scrape(ch)
	to.flag("hallway_bus_up", "1 while the bus to the other relays is up.", s.Connected)
	to.total("hallway_bus_published_total", "Messages to the other relays.", s.Published)
	to.total("hallway_bus_received_total", "Messages of other relays.", s.Received)
	to.total("hallway_bus_dropped_total", "Messages to the other relays that were dropped: the bus was down or slow.", s.Dropped)
	to.total("hallway_bus_missed_total", "Times that this relay was too slow, and messages of others were lost.", s.Missed)
	to.total("hallway_bus_malformed_total", "Messages that no relay has made.", s.Malformed)
	to.total("hallway_bus_unknown_total", "Messages of a version or a kind that this relay does not know.", s.Unknown)
	to.total("hallway_bus_reconnects_total", "Times that the bus was back.", s.Reconnects)
}
