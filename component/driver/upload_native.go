//go:build !js

package driver

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// Blob is the bytes of a file.
type Blob = []byte

// put sends the bytes of a file.
func put(ctx context.Context, url, token string, body Blob, sent func(n int64)) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, url, &meter{Reader: bytes.NewReader(body), told: sent})
	if err != nil {
		return answer{}, err
	}
	request.ContentLength = int64(len(body))
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, pageBytesMax))
	return answer{status: response.StatusCode, retryAfter: response.Header.Get("Retry-After"), body: data}, err
}

// meter reports the number of bytes read.
type meter struct {
	io.Reader
	n    int64
	told func(n int64)
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if m.n += int64(n); n > 0 {
		m.told(m.n)
	}
	return n, err
}
