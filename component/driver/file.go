package driver

import (
	"context"
	"strconv"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// fileTimeout is how long the bytes of a file may take.
const fileTimeout = 5 * time.Minute

// loadFile makes a URL of a file's bytes, and an event of what came. Each platform has a function for the bytes:
//
//	fetchFile(ctx context.Context, url, token string) (local string, status int, err error)
//
// returns a URL of bytes in memory. Natively there is none: each URL is the relay's.
func loadFile(ctx context.Context, relay, room string, f client.FetchFile) client.Event {
	at := roomURL(relay, room) + "/files/" + f.Of.ID
	if f.Of.Link {
		return request(ctx, f.Req, "POST", at+"/link", f.Token, "", func(body []byte) (client.Event, error) {
			l, err := protocol.DecodeFileLink(body)
			return client.FileGot{Req: f.Req, URL: l.URL}, err
		})
	}
	if f.Of.Size > 0 {
		at += "?size=" + strconv.Itoa(f.Of.Size)
	}
	ctx, cancel := context.WithTimeout(ctx, fileTimeout)
	defer cancel()
	local, status, err := fetchFile(ctx, at, f.Token)
	if err != nil || status != 200 {
		return client.RequestFailed{Req: f.Req, Status: status, Err: err}
	}
	return client.FileGot{Req: f.Req, URL: local}
}
