package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/net/netutil"

	"hallway/protocol"
)

const (
	// scrapersMax bounds the connections for metrics.
	scrapersMax = 16
	// scrapeHeaderMax bounds the head of a request for metrics.
	scrapeHeaderMax = 8 << 10
	// scrapeTimeout bounds each part of a scrape.
	scrapeTimeout = 10 * time.Second
)

var errMetricsElsewhere = refuse(protocol.CodeForbidden, "this address serves metrics to this machine alone, by a loopback name; see --metrics-addr")

// loopbackMetrics answers GET /metrics among the other routes. It answers only processes of this machine that use a
// loopback name. It refuses a proxy that acts for others, and a page that makes its own name lead here (DNS rebinding).
func loopbackMetrics(tell fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if !peerOf(c.Context().RemoteAddr()).Addr().IsLoopback() || !loopbackHost(hostOf(c)) {
			return errMetricsElsewhere
		}
		for _, proxied := range []string{fiber.HeaderForwarded, fiber.HeaderXForwardedFor, fiber.HeaderXForwardedHost, fiber.HeaderVia, "X-Real-Ip"} {
			if c.Get(proxied) != "" {
				return errMetricsElsewhere
			}
		}
		return tell(c)
	}
}

// MetricsServer answers GET /metrics on a separate address. It answers every caller that reaches the address.
type MetricsServer struct{ http http.Server }

// NewMetricsServer returns a server that does not listen yet.
func NewMetricsServer(m *Metrics, log *slog.Logger) *MetricsServer {
	tell := m.handler()
	s := &MetricsServer{}
	s.http = http.Server{
		ReadTimeout: scrapeTimeout, WriteTimeout: scrapeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: scrapeHeaderMax,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(fiber.HeaderXContentTypeOptions, "nosniff")
			w.Header().Set(fiber.HeaderCacheControl, "no-store")
			local, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
			switch {
			case local == nil || local.IP.IsLoopback() && !loopbackHost(r.Host):
				refuseScrape(w, errMetricsElsewhere)
			case r.URL.Path != "/metrics":
				refuseScrape(w, refuse(protocol.CodeNotFound, "this address serves only /metrics"))
			case r.Method != http.MethodGet && r.Method != http.MethodHead:
				w.Header().Set(fiber.HeaderAllow, "GET, HEAD")
				refuseScrape(w, refuseStatus(http.StatusMethodNotAllowed, protocol.CodeBadRequest, ""))
			default:
				tell.ServeHTTP(w, r)
			}
		}),
	}
	return s
}

func refuseScrape(w http.ResponseWriter, r *refusal) {
	w.Header().Set(fiber.HeaderContentType, mimeProblem)
	w.WriteHeader(r.problem.Status)
	_, _ = w.Write(r.problem.Append(nil))
}

// Serve answers requests from ln until Shutdown; then it returns nil.
func (s *MetricsServer) Serve(ln net.Listener) error {
	err := s.http.Serve(netutil.LimitListener(ln, scrapersMax))
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Shutdown stops listening and waits for the scrapes under way.
func (s *MetricsServer) Shutdown(ctx context.Context) error { return s.http.Shutdown(ctx) }
