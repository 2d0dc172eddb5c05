package server

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hallway/relay/rules"
)

// fileMetrics are the metrics of a relay with files.
type fileMetrics struct {
	uploads     prometheus.Counter
	uploadBytes prometheus.Counter
	pictures    prometheus.Histogram
	swept       prometheus.Counter
	refused     *prometheus.CounterVec
}

func newFileMetrics() fileMetrics {
	return fileMetrics{
		uploads:     counter("hallway_uploads_total", "Files that were uploaded and stored."),
		uploadBytes: counter("hallway_upload_bytes_total", "Bytes of these, as they are stored."),
		pictures: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hallway_picture_seconds", Help: "Time that it took to look at a picture, without waiting for its turn.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2, 12),
		}),
		refused: counters("hallway_uploads_refused_total", "Uploads that were refused, by the reason, or the code where it has none.", "why"),
		swept:   counter("hallway_files_deleted_total", "Files whose bytes the collector has deleted."),
	}
}

// PictureProcessed counts a processed picture; see intake.Options.
func (m *Metrics) PictureProcessed(_ string, took time.Duration) {
	m.files.pictures.Observe(took.Seconds())
}

// Swept counts files whose bytes were deleted; see collect.Options.
func (m *Metrics) Swept(n int) { m.files.swept.Add(float64(n)) }

// uploaded counts an upload.
func (m *Metrics) uploaded(u rules.Uploaded) {
	if u.New {
		m.files.uploads.Inc()
		m.files.uploadBytes.Add(float64(u.File.Size))
	}
}

// refusedUpload counts a refused upload.
func (m *Metrics) refusedUpload(err error) {
	var r *refusal
	if errors.As(err, &r) {
		m.files.refused.WithLabelValues(cmp.Or(string(r.problem.Why), string(r.problem.Code))).Inc()
	}
}

// transfers adds the transfers under way to the metrics.
func (m *Metrics) transfers(uploads, downloads *places) {
	gaugeOf(m, "hallway_uploads", "Uploads under way.", uploads.taken)
	gaugeOf(m, "hallway_downloads", "Files that are being sent.", downloads.taken)
	m.registry.MustRegister(m.files.uploads, m.files.uploadBytes, m.files.pictures, m.files.swept, m.files.refused)
}

// Files adds the database's counts of files and the relay's limits to the metrics.
func (m *Metrics) Files(rows rules.Files, limits rules.FileLimits) {
	m.registry.MustRegister(fileCollector{rows})
	m.Limit("file_bytes_user", float64(limits.User))
	m.Limit("file_bytes_room", float64(limits.Room))
	m.Limit("file_bytes_all", float64(limits.All))
	m.Limit("uploads", uploadsMax)
	m.Limit("uploads_user", uploadsUserMax)
	m.Limit("downloads", downloadsMax)
	m.Limit("downloads_user", downloadsUserMax)
}

// A fileCollector queries the database at each scrape.
type fileCollector struct{ rows rules.Files }

var (
	descFiles       = desc("hallway_files", "Files that are stored.")
	descFileBytes   = desc("hallway_file_bytes", "Bytes of these.")
	descFilesUnused = desc("hallway_files_unused", "Files in no message yet.")
	descFilesDoomed = desc("hallway_files_doomed", "Files whose bytes are to be deleted.")
)

// Describe implements prometheus.Collector.
func (c fileCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descFiles, descFileBytes, descFilesUnused, descFilesDoomed} {
		ch <- d
	}
}

// Collect implements prometheus.Collector. It sends nothing if the database cannot be read.
func (c fileCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s, err := c.rows.FileStats(ctx)
	if err != nil {
		return
	}
	for d, n := range map[*prometheus.Desc]int64{descFiles: s.Files, descFileBytes: s.Bytes, descFilesUnused: s.Unused, descFilesDoomed: s.Doomed} {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n))
	}
}
