//go:build !js

package driver

import (
	"context"
	"io"
	"net/http"
)

func get(ctx context.Context, url, token string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{}, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, pageBytesMax+1))
	if err != nil {
		return answer{}, err
	}
	if len(body) > pageBytesMax {
		return answer{}, errPageTooLarge
	}
	return answer{
		status:     response.StatusCode,
		retryAfter: response.Header.Get("Retry-After"),
		body:       body,
	}, nil
}
