package driver

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

const (
	// historyTimeout is the time limit for a page of history.
	historyTimeout = 15 * time.Second
	// pageBytesMax is the highest size of a page in bytes.
	pageBytesMax = protocol.PageMessagesMax * 2 * protocol.FrameBytesMax
)

var errPageTooLarge = errors.New("driver: the relay's page is too large")

// answer is an HTTP answer with its whole body. Each platform has a function that returns one:
//
//	ask(ctx context.Context, method, url, token, body string) (answer, error)
//
// makes a request with the body as JSON, and with the token as bearer unless it is "". It fails if the answer's body exceeds
// pageBytesMax.
type answer struct {
	status     int
	retryAfter string // the header Retry-After
	body       []byte
}

// fetchPage reads a page of history and returns the result as an event.
func fetchPage(ctx context.Context, relay, room string, f client.FetchPage) client.Event {
	return request(ctx, f.Req, "GET", pageURL(relay, room, f.Query), f.Token, "", func(body []byte) (client.Event, error) {
		page, err := protocol.DecodePage(body)
		return client.PageLoaded{Req: f.Req, Page: page}, err
	})
}

// request makes a request within historyTimeout, and returns the result as an event. A malformed answer
// counts as none.
func request(ctx context.Context, number int, method, url, token, body string, decode func(body []byte) (client.Event, error)) client.Event {
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	a, err := ask(ctx, method, url, token, body)
	if err == nil && a.status != 200 {
		return client.RequestFailed{Req: number, Status: a.status, RetryAfterMs: retryAfterMs(a.retryAfter), Err: refusal(a)}
	}
	var ev client.Event
	if err == nil {
		ev, err = decode(a.body)
	}
	if err != nil {
		return client.RequestFailed{Req: number, Err: err}
	}
	return ev
}

// pageURL returns the URL of a page of history.
func pageURL(relay, room string, q client.PageQuery) string {
	query := ""
	add := func(name, value string) { query += "&" + name + "=" + url.QueryEscape(value) }
	seq := func(name string, seq int64) {
		if seq > 0 {
			add(name, strconv.FormatInt(seq, 10))
		}
	}
	seq("after", q.After)
	seq("around", q.Around)
	if q.AroundID != "" {
		add("around", q.AroundID)
	}
	seq("before", q.Before)
	seq("limit", int64(q.Limit))
	if q.Pinned {
		add("pinned", "true")
	}
	if q.Words != "" {
		add("q", q.Words)
	}
	if q.HasSince {
		add("since", strconv.FormatInt(q.Since, 10))
	}
	return roomURL(relay, room) + "/messages?" + strings.TrimPrefix(query, "&")
}

func roomURL(relay, room string) string { return relay + "/v1/rooms/" + url.PathEscape(room) }

// refusal returns the refusal of the relay, or of a proxy in front of it, as an error.
func refusal(a answer) error {
	text := "history refused with status " + strconv.Itoa(a.status)
	if problem, err := protocol.DecodeProblem(a.body); err == nil {
		text += ": " + string(problem.Code) + " " + problem.Detail
	}
	return errors.New(text)
}

// retryAfterMs reads the header Retry-After. It is 0 if the header gives no seconds.
func retryAfterMs(header string) int64 {
	seconds, err := strconv.ParseUint(header, 10, 32)
	if err != nil {
		return 0
	}
	return int64(seconds) * 1000
}
