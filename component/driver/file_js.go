package driver

import (
	"context"
	"syscall/js"
)

// fetchFile loads a file and returns a URL of its bytes.
func fetchFile(ctx context.Context, url, token string) (local string, status int, err error) {
	bytes, status, err := fetchBytes(ctx, url, token, 0)
	if err != nil || status != 200 {
		return "", status, err
	}
	return urlOf(bytes), status, nil
}

// fetchBytes loads the bytes of a file. It ignores the limit, because the browser has its own.
func fetchBytes(ctx context.Context, url, token string, _ int64) (bytes Blob, status int, err error) {
	controller := js.Global().Get("AbortController").New()
	defer context.AfterFunc(ctx, func() { controller.Call("abort") })()
	response, err := Await(ctx, func() js.Value {
		return js.Global().Call("fetch", url, map[string]any{
			"headers": map[string]any{"Authorization": "Bearer " + token}, "credentials": "omit", "signal": controller.Get("signal"),
		})
	})
	if err != nil {
		return bytes, 0, err
	}
	if status = response.Get("status").Int(); status != 200 {
		return bytes, status, nil
	}
	bytes, err = Await(ctx, func() js.Value { return response.Call("blob") })
	return bytes, status, err
}

// sizeOf returns the size of a file in bytes.
func sizeOf(bytes Blob) int64 { return int64(bytes.Get("size").Int()) }

// urlOf returns a URL of bytes in memory.
func urlOf(bytes Blob) string { return js.Global().Get("URL").Call("createObjectURL", bytes).String() }
