//go:build !js

package driver

// The platform's functions for a native client. The browser has a file for each.

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"

	"nhooyr.io/websocket"

	"hallway/component/client"
	"hallway/protocol"
)

// requests follows no redirects: a redirect could replace an issuer's key set, or leak a token.
var requests = http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func ask(ctx context.Context, method, url, token, body string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := requests.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, pageBytesMax+1))
	if err != nil {
		return answer{}, err
	}
	if len(data) > pageBytesMax {
		return answer{}, errPageTooLarge
	}
	return answer{
		status:     response.StatusCode,
		retryAfter: response.Header.Get("Retry-After"),
		body:       data,
	}, nil
}

// closeReason returns the code and reason of the peer's close frame; 0: none came. err
// is the error of the read that ended.
func closeReason(err error) (protocol.CloseCode, string) {
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		return 0, ""
	}
	return protocol.CloseCode(closed.Code), closed.Reason
}

// dialStatus returns 0, because natively the dial itself returns the status.
func dialStatus(context.Context, string) int { return 0 }

// readRandom fills p with random bytes.
func readRandom(p []byte) error {
	_, err := rand.Read(p)
	return err
}

func defaultStorage() Storage { return &MemoryStorage{} }

// newPeers returns a stand-in, because native clients have no sibling tabs.
func newPeers(post func(client.Event)) peers { return alone{post} }

// fetchFile returns the URL unchanged.
func fetchFile(_ context.Context, url, _ string) (local string, status int, err error) {
	return url, 200, nil
}

// fetchBytes loads the bytes of a file. It stops one byte after most.
func fetchBytes(ctx context.Context, url, token string, most int64) (bytes Blob, status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := requests.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	bytes, err = io.ReadAll(io.LimitReader(response.Body, most+1))
	return bytes, response.StatusCode, err
}

// sizeOf returns the size of a file in bytes.
func sizeOf(bytes Blob) int64 { return int64(len(bytes)) }

// urlOf returns a URL that contains the bytes.
func urlOf(bytes Blob) string {
	return "data:application/octet-stream;base64," + base64.StdEncoding.EncodeToString(bytes)
}
