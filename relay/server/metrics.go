package server

import (
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/conn"
	"hallway/relay/guard"
	"hallway/relay/hub"
)

// Metrics holds the content of /metrics for one relay. Its labels never hold a user, a room or other values that a
// client chooses.
type Metrics struct {
	registry *prometheus.Registry

	commitSeconds     prometheus.Histogram
	commitOps         prometheus.Histogram
	commitFailures    prometheus.Counter
	pages             *prometheus.CounterVec // from
	handshakes        prometheus.Counter
	handshakesRefused *prometheus.CounterVec // reason
	refused           *prometheus.CounterVec // code; of REST
	badTokens         prometheus.Counter     // of REST
	addressRefused    *prometheus.CounterVec // reason
	requestsCut       *prometheus.CounterVec // reason
	limit             *prometheus.GaugeVec   // limit
	files             fileMetrics
}

// NewMetrics returns the metrics of a relay of that version.
func NewMetrics(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		commitSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hallway_commit_seconds", Help: "Time that a transaction of the store took.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}),
		commitOps: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hallway_commit_ops", Help: "Changes that were stored together, in one transaction.",
			Buckets: prometheus.ExponentialBuckets(1, 4, 8),
		}),
		commitFailures:    counter("hallway_commit_failures_total", "Transactions of the store that failed."),
		pages:             counters("hallway_pages_total", "Pages of history, from a room's window in memory or from the store.", "from"),
		handshakes:        counter("hallway_handshakes_total", "WebSocket handshakes that were let in."),
		handshakesRefused: counters("hallway_handshakes_refused_total", "WebSocket handshakes that were refused.", "reason"),
		refused:           counters("hallway_requests_refused_total", "HTTP requests that were refused, by the problem's code.", "code"),
		badTokens:         counter("hallway_request_auth_failures_total", "HTTP requests without a valid token where one is needed."),
		addressRefused:    counters("hallway_address_refused_total", "Requests, and tokens of hello, that were refused because of what their address had done before.", "reason"),
		requestsCut:       counters("hallway_requests_cut_total", "HTTP connections that were cut: the client was slow to read, or others needed the place of its answer or of its half request.", "reason"),
		limit: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "hallway_limit", Help: "The relay's limits; 0 is none.",
		}, []string{"limit"}),
	}
	m.files = newFileMetrics()
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "hallway_build_info", Help: "1, with what runs.",
	}, []string{"version", "goversion"})
	build.WithLabelValues(version, runtime.Version()).Set(1)
	// A counter needs a value before its first event, or Prometheus computes no rate.
	for _, from := range []string{"window", "store"} {
		m.pages.WithLabelValues(from)
	}
	for _, reason := range []string{"request", "origin", "draining", "rate", "connections"} {
		m.handshakesRefused.WithLabelValues(reason)
	}
	for _, reason := range []string{"requests", "bad_tokens", "waiting", "unread"} {
		m.addressRefused.WithLabelValues(reason)
	}
	for _, reason := range []string{"slow", "pressed", "half"} {
		m.requestsCut.WithLabelValues(reason)
	}
	for _, code := range codes {
		m.refused.WithLabelValues(string(code))
	}
	m.registry.MustRegister(
		build, m.commitSeconds, m.commitOps, m.commitFailures, m.pages, m.handshakes, m.handshakesRefused,
		m.refused, m.badTokens, m.addressRefused, m.requestsCut, m.limit,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
}

func counters(name, help, label string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
}

// gaugeOf adds a number to the metrics. Each scrape calls of.
func gaugeOf[N int | int64](m *Metrics, name, help string, of func() N) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(of()) }))
}

// Committed implements [engine.Meter].
func (m *Metrics) Committed(took time.Duration, ops int, err error) {
	m.commitSeconds.Observe(took.Seconds())
	m.commitOps.Observe(float64(ops))
	if err != nil {
		m.commitFailures.Inc()
	}
}

// Page implements [engine.Meter].
func (m *Metrics) Page(fromWindow bool) {
	from := "store"
	if fromWindow {
		from = "window"
	}
	m.pages.WithLabelValues(from).Inc()
}

// BadTokenLimited counts a token that was refused because its address had shown too many bad ones.
func (m *Metrics) BadTokenLimited() { m.addressRefused.WithLabelValues("bad_tokens").Inc() }

// CertificateEnds adds the expiry of the served certificate to the metrics. Each scrape calls ends. The zero time, for
// no certificate, becomes 0.
func (m *Metrics) CertificateEnds(ends func() time.Time) {
	gaugeOf(m, "hallway_tls_certificate_not_after_timestamp_seconds",
		"When the certificate that is served ends, the first of several, in seconds since 1970; 0 while one is missing.",
		func() int64 { return max(ends().Unix(), 0) })
}

// ReindexMessages adds the number of messages without an index of words to the metrics. Each scrape calls left.
func (m *Metrics) ReindexMessages(left func() int64) {
	gaugeOf(m, "hallway_reindex_messages", "Messages, at most, that searches do not find yet because the index of words is made anew.", left)
}

// Bus adds the counters of the bus to the other relays to the metrics. Each scrape calls stats.
func (m *Metrics) Bus(stats func() bus.Stats) { m.registry.MustRegister(busCollector(stats)) }

// Limit adds one of the relay's limits to the metrics; 0: no limit.
func (m *Metrics) Limit(name string, most float64) { m.limit.WithLabelValues(name).Set(most) }

// Engine is the part of an [engine.Engine] that the metrics use.
type Engine interface {
	Config() hub.Config
	Stats() hub.Stats
	Conns() int
	Waiting() int
	Draining() bool
}

// Engine adds an engine's counts and limits to the metrics.
func (m *Metrics) Engine(e Engine) {
	m.registry.MustRegister(engineCollector{e})
	cfg := e.Config()
	for name, most := range map[string]float64{
		"connections_per_user":     float64(cfg.ConnsPerUser),
		"messages_per_second_user": cfg.Rate,
		"frames_per_second":        float64(cfg.FramesPerSecond),
		"frame_bytes":              float64(cfg.Limits.FrameBytes),
		"text_bytes":               float64(cfg.Limits.TextBytes),
		"pending_bytes":            conn.PendingBytesMax,
		"rooms":                    float64(cfg.Rooms),
		"rooms_per_connection":     guard.RoomsPerSessionMax,
		"queue_ops":                float64(cfg.QueueOps),
		"queue_bytes":              float64(cfg.QueueBytes),
		"window_bytes":             hub.WindowsBytesMax,
	} {
		m.Limit(name, most)
	}
}

// handler answers with the metrics.
func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{DisableCompression: true})
}

// An engineCollector collects the counts of an engine's hub.
type engineCollector struct{ engine Engine }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// A scrape sends metrics.
type scrape chan<- prometheus.Metric

func (to scrape) gauge(name, help string, v int) {
	to <- prometheus.MustNewConstMetric(desc(name, help), prometheus.GaugeValue, float64(v))
}

// flag is a gauge of 1 or 0.
func (to scrape) flag(name, help string, on bool) {
	v := 0
	if on {
		v = 1
	}
	to.gauge(name, help, v)
}

func (to scrape) total(name, help string, v uint64) {
	to <- prometheus.MustNewConstMetric(desc(name, help), prometheus.CounterValue, float64(v))
}

// totalOf is total with a code as its label.
func (to scrape) totalOf(code, name, help string, v uint64) {
	to <- prometheus.MustNewConstMetric(desc(name, help, "code"), prometheus.CounterValue, float64(v), code)
}

// Describe implements prometheus.Collector.
func (c engineCollector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect implements prometheus.Collector.
func (c engineCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.engine.Stats()
	to := scrape(ch)
	to.gauge("hallway_connections", "WebSocket connections.", c.engine.Conns())
	to.gauge("hallway_sessions", "Connections whose token was accepted.", s.Welcomed)
	to.gauge("hallway_rooms", "Rooms in memory: those that somebody has joined.", s.Rooms)
	to.gauge("hallway_members", "Places of connections in rooms.", s.Members)
	to.gauge("hallway_queue_ops", "Changes that wait for the store or are being stored.", s.QueueOps)
	to.gauge("hallway_queue_bytes", "Bytes of these.", s.QueueBytes)
	to.gauge("hallway_events", "Events that wait for the hub.", c.engine.Waiting())
	to.gauge("hallway_window_bytes", "Bytes of history in memory.", s.WindowBytes)
	to.gauge("hallway_relays", "Relays on the database that this one hears, itself included.", s.Relays)
	to.flag("hallway_draining", "1 while the relay is going away.", c.engine.Draining())

	to.total("hallway_received_frames_total", "Frames from clients.", s.FramesIn)
	to.total("hallway_received_bytes_total", "Bytes of these.", s.BytesIn)
	to.total("hallway_sent_bytes_total", "Bytes of the frames to clients, before WebSocket framing.", s.BytesOut)
	to.total("hallway_deliveries_total", "Changes told, once for each connection.", s.Deliveries)
	to.total("hallway_auth_failures_total", "Hellos whose token was refused.", s.BadTokens)
	for _, code := range codes {
		to.totalOf(string(code), "hallway_frames_refused_total", "Error frames, by their code.", s.Refused[code])
	}
	closed := conn.Closed()
	for _, code := range closeCodes {
		closed[code] += s.Closed[code]
	}
	for code, n := range closed {
		to.totalOf(strconv.Itoa(int(code)), "hallway_closed_total", "Connections that the relay has closed, by the close code.", n)
	}
}

// The codes that the relay counts.
var (
	codes = []protocol.Code{
		protocol.CodeBadRequest, protocol.CodeUnauthorized, protocol.CodeForbidden, protocol.CodeNotFound,
		protocol.CodeConflict, protocol.CodeTooLarge, protocol.CodeRateLimited, protocol.CodeUnavailable,
		protocol.CodeInternal,
	}
	closeCodes = []protocol.CloseCode{
		protocol.CloseGoingAway, protocol.CloseNotProtocol, protocol.CloseUnauthorized,
		protocol.ClosePutOut, protocol.CloseTimeout, protocol.CloseTooMany,
	}
)
