package server

import (
	"github.com/prometheus/client_golang/prometheus"

	"hallway/relay/bus"
)

// A busCollector asks the bus to the other relays for its counters.
type busCollector func() bus.Stats

// The metrics of a bus: a gauge, then counters.
var (
	descBusUp         = desc("hallway_bus_up", "1 while the bus to the other relays is up.")
	descBusPublished  = desc("hallway_bus_published_total", "Messages to the other relays.")
	descBusReceived   = desc("hallway_bus_received_total", "Messages of other relays.")
	descBusDropped    = desc("hallway_bus_dropped_total", "Messages to the other relays that were dropped: the bus was down or slow.")
	descBusMissed     = desc("hallway_bus_missed_total", "Times that this relay was too slow, and messages of others were lost.")
	descBusMalformed  = desc("hallway_bus_malformed_total", "Messages that no relay has made.")
	descBusUnknown    = desc("hallway_bus_unknown_total", "Messages of a version or a kind that this relay does not know.")
	descBusReconnects = desc("hallway_bus_reconnects_total", "Times that the bus was back.")
)

// Describe implements prometheus.Collector.
func (c busCollector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect implements prometheus.Collector.
func (c busCollector) Collect(ch chan<- prometheus.Metric) {
	s := c()
	up := 0.0
	if s.Connected {
		up = 1
	}
	ch <- prometheus.MustNewConstMetric(descBusUp, prometheus.GaugeValue, up)
	for d, n := range map[*prometheus.Desc]uint64{
		descBusPublished: s.Published, descBusReceived: s.Received, descBusDropped: s.Dropped, descBusMissed: s.Missed,
		descBusMalformed: s.Malformed, descBusUnknown: s.Unknown, descBusReconnects: s.Reconnects,
	} {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n))
	}
}
