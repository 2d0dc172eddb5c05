package driver

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

const (
	// historyTimeout is how long a page of history may take.
	historyTimeout = 15 * time.Second
	// pageBytesMax is the most bytes in a page.
	pageBytesMax = protocol.PageMessagesMax * 2 * protocol.FrameBytesMax
	// retryAfterMax bounds what a relay may ask to wait.
	retryAfterMax = time.Hour
)

var errPageTooLarge = errors.New("driver: the relay's page is too large")

// answer is an HTTP answer with its whole body. How it is had depends on the
// platform:
//
//	get(ctx context.Context, url, token string) (answer, error)
//
// asks with the token as bearer, and fails when the body exceeds pageBytesMax.
type answer struct {
	status     int
	retryAfter string // the header
	body       []byte
}

// fetchPage reads a page of history and makes an event of what came.
func fetchPage(ctx context.Context, relay, room string, f client.FetchPage) client.Event {
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	a, err := get(ctx, pageURL(relay, room, f.Query), f.Token)
	if err != nil {
		return client.PageFailed{Req: f.Req, Err: err}
	}
	if a.status != 200 {
		return client.PageFailed{
			Req:          f.Req,
			Status:       a.status,
			RetryAfterMs: retryAfterMs(a.retryAfter),
			Err:          refusal(a),
		}
	}
	page, err := protocol.DecodePage(a.body)
	if err != nil { // as good as no answer
		return client.PageFailed{Req: f.Req, Err: err}
	}
	return client.PageLoaded{Req: f.Req, Page: page}
}

func pageURL(relay, room string, q client.PageQuery) string {
	values := url.Values{}
	if q.Before > 0 {
		values.Set("before", strconv.FormatInt(q.Before, 10))
	}
	if q.After > 0 {
		values.Set("after", strconv.FormatInt(q.After, 10))
	}
	if q.HasSince {
		values.Set("since", strconv.FormatInt(q.Since, 10))
	}
	if q.Limit > 0 {
		values.Set("limit", strconv.Itoa(q.Limit))
	}
	return relay + "/v1/rooms/" + url.PathEscape(room) + "/messages?" + values.Encode()
}

// refusal is what the relay, or something in front of it, says.
func refusal(a answer) error {
	text := "history refused with status " + strconv.Itoa(a.status)
	if problem, err := protocol.DecodeProblem(a.body); err == nil {
		text += ": " + string(problem.Code) + " " + problem.Detail
	}
	return errors.New(text)
}

// retryAfterMs reads the header Retry-After; 0 where it gives no seconds.
func retryAfterMs(header string) int64 {
	seconds, err := strconv.ParseUint(header, 10, 32)
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, retryAfterMax).Milliseconds()
}
