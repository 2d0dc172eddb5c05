package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"hallway/protocol"
	"hallway/relay/rules"
)

const mimeProblem = "application/problem+json"

// refusal is the error of a handler that refuses its request.
type refusal struct {
	problem    protocol.Problem
	retryAfter time.Duration
}

func (r *refusal) Error() string { return string(r.problem.Code) + ": " + r.problem.Detail }

// refuse returns a refusal with the code's status. detail is a text for people.
func refuse(code protocol.Code, detail string) *refusal {
	return refuseStatus(code.HTTPStatus(), code, detail)
}

func refuseStatus(status int, code protocol.Code, detail string) *refusal {
	return &refusal{problem: protocol.Problem{
		Status: status, Code: code, Title: http.StatusText(status), Detail: detail,
	}}
}

// refuseFrame returns the refusal of a body that the protocol's decoder refused.
func refuseFrame(err error) error {
	var f *protocol.FrameError
	if errors.As(err, &f) {
		return refuse(f.Code, f.Reason)
	}
	return err
}

// refuseOutcome returns the refusal of an op; nil if it was carried out.
func refuseOutcome(out rules.Outcome, err error) error {
	switch {
	case err != nil:
		return refuse(protocol.CodeUnavailable, "the change may or may not be stored: try again")
	case out.Code != "":
		r := refuse(out.Code, out.Reason)
		r.retryAfter, r.problem.Why, r.problem.Until = out.RetryAfter, out.Why, out.Until
		return r
	}
	return nil
}

// problems answers with problem documents (RFC 9457), and sets the headers that every answer has.
type problems struct {
	app      *fiber.App
	pages    *pages
	metrics  *Metrics
	log      *slog.Logger
	draining func() bool
}

// unreadable returns the refusal of a request after an error of the store.
func (s *problems) unreadable(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return errGone
	case s.draining():
		return errDraining
	}
	s.log.Error("the store could not be read", "error", err)
	return refuse(protocol.CodeUnavailable, "this cannot be read at present")
}

// retryDefault is the time that a refused client waits unless the refusal names another.
const retryDefault = time.Second

// answerError writes the problem document for any error of a request: a refusal, Fiber's error if no route matches, or
// the HTTP parser's.
func (s *problems) answerError(c *fiber.Ctx, err error) error {
	s.decorate(c)
	var r *refusal
	if !errors.As(err, &r) {
		status := fiber.StatusInternalServerError
		var f *fiber.Error
		if errors.As(err, &f) {
			status = f.Code
		} else {
			s.log.Error("a request failed", "route", c.Route().Path, "error", err)
		}
		r = refuseStatus(status, codeOf(status), "")
		// The client may still be writing. It must be able to read the answer before the connection ends.
		if conn, ok := c.Context().Conn().(*httpConn); ok && r.problem.Code == protocol.CodeTooLarge {
			conn.linger = true
		}
	}
	if st := r.problem.Status; st == fiber.StatusTooManyRequests || st == fiber.StatusServiceUnavailable {
		wait := r.retryAfter
		if wait <= 0 {
			wait = retryDefault
		}
		seconds := int64((wait + time.Second - 1) / time.Second)
		c.Set(fiber.HeaderRetryAfter, strconv.FormatInt(seconds, 10))
	}
	s.metrics.refused.WithLabelValues(string(r.problem.Code)).Inc()
	c.Set(fiber.HeaderContentType, mimeProblem)
	return c.Status(r.problem.Status).Send(r.problem.Append(nil))
}

// answerFor answers in place of Fiber.
func (s *problems) answerFor(rc *fasthttp.RequestCtx, err error) {
	c := s.app.AcquireCtx(rc)
	defer s.app.ReleaseCtx(c)
	_ = s.answerError(c, err)
}

// malformed answers requests that the connection's framing has refused.
func (s *problems) malformed(next func(*fasthttp.RequestCtx, error)) func(*fasthttp.RequestCtx, error) {
	return func(rc *fasthttp.RequestCtx, err error) {
		conn, ok := rc.Conn().(*httpConn)
		if !ok || conn.request.framing.refused == "" {
			next(rc, err)
			return
		}
		conn.linger = true
		s.answerFor(rc, refuse(protocol.CodeBadRequest, conn.request.framing.refused))
	}
}

// knownMethods refuses methods that Fiber does not know: it would answer without our headers.
func (s *problems) knownMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(rc *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(rc.Method())) {
			next(rc)
			return
		}
		s.answerFor(rc, fiber.ErrNotImplemented)
	}
}

// decorate sets the headers of every answer. It may be called twice.
func (s *problems) decorate(c *fiber.Ctx) {
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if s.pages.secure {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
	s.pages.allowOrigin(c)
}

// timedOut returns the answer to a client that does not finish its request.
func (s *problems) timedOut() []byte {
	c := s.app.AcquireCtx(&fasthttp.RequestCtx{})
	defer s.app.ReleaseCtx(c)
	s.decorate(c)
	c.Set(fiber.HeaderContentType, mimeProblem)
	const status = fiber.StatusRequestTimeout
	body := refuseStatus(status, codeOf(status), "the request did not come to its end in time").problem.Append(nil)
	answer := fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: %d\r\n", status, http.StatusText(status), len(body))
	for name, value := range c.Response().Header.All() {
		answer = fmt.Appendf(answer, "%s: %s\r\n", name, value)
	}
	return append(append(answer, "\r\n"...), body...)
}

// codeOf returns the protocol's code for a status that has no code.
func codeOf(status int) protocol.Code {
	switch status {
	case fiber.StatusNotFound:
		return protocol.CodeNotFound
	case fiber.StatusRequestEntityTooLarge, fiber.StatusRequestHeaderFieldsTooLarge:
		return protocol.CodeTooLarge
	case fiber.StatusServiceUnavailable:
		return protocol.CodeUnavailable
	}
	if status < 500 || status == fiber.StatusNotImplemented {
		return protocol.CodeBadRequest
	}
	return protocol.CodeInternal
}
