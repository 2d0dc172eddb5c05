//go:build !js

package driver

import (
	"context"
	"io"
	"net/http"
	"strings"
)

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
	response, err := http.DefaultClient.Do(request)
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
