package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"hallway/protocol"
	"hallway/relay/hub"
)

const mimeProblem = "application/problem+json"

// refusal is a request's refusal on its way to the answer.
type refusal struct {
	problem    protocol.Problem
	retryAfter time.Duration
}

func (r *refusal) Error() string { return string(r.problem.Code) + ": " + r.problem.Detail }

// refuse makes a refusal with the code's own status. detail is shown.
func refuse(code protocol.Code, detail string) *refusal {
	return refuseStatus(code.HTTPStatus(), code, detail)
}

func refuseStatus(status int, code protocol.Code, detail string) *refusal {
	return &refusal{problem: protocol.Problem{
		Status: status, Code: code, Title: http.StatusText(status), Detail: detail,
	}}
}

// refuseFrame is the refusal of a body that the protocol's decoder refused.
func refuseFrame(err error) error {
	var f *protocol.FrameError
	if errors.As(err, &f) {
		return refuse(f.Code, f.Reason)
	}
	return err
}

// refuseOutcome is the refusal of what was asked of the hub; nil where it was
// done.
func refuseOutcome(out hub.Outcome, err error) error {
	switch {
	case err != nil:
		return refuse(protocol.CodeUnavailable, "this may not be stored: ask again")
	case out.Code != "":
		r := refuse(out.Code, out.Reason)
		r.retryAfter, r.problem.Why, r.problem.Until = out.RetryAfter, out.Why, out.Until
		return r
	}
	return nil
}

// unreadable is the refusal where the store could not be read.
func (s *Server) unreadable(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return errGone
	case s.backend.Draining():
		return errDraining
	}
	s.log.Error("the store could not be read", "error", err)
	return refuse(protocol.CodeUnavailable, "this cannot be read at present")
}

// retryDefault is what the refused wait when nobody knows better.
const retryDefault = time.Second

// answerError writes the problem document of any error of a request: ours,
// Fiber's for what no route matches, the HTTP parser's.
func (s *Server) answerError(c *fiber.Ctx, err error) error {
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
		// What the client still writes is not read: let it read the answer first.
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

// timedOut is the answer to a client that does not come to the end of its request, as
// it goes over the wire.
func (s *Server) timedOut() []byte {
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

// codeOf is the protocol's code for a status that no code of its own has.
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
