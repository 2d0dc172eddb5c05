package driver

import (
	"context"
	"syscall/js"
)

func fetchFile(ctx context.Context, url, token string) (local string, status int, err error) {
	controller := js.Global().Get("AbortController").New()
	defer context.AfterFunc(ctx, func() { controller.Call("abort") })()
	response, err := Await(ctx, func() js.Value {
		return js.Global().Call("fetch", url, map[string]any{
			"headers": map[string]any{"Authorization": "Bearer " + token}, "credentials": "omit", "signal": controller.Get("signal"),
		})
	})
	if err != nil {
		return "", 0, err
	}
	if status = response.Get("status").Int(); status != 200 {
		return "", status, nil
	}
	blob, err := Await(ctx, func() js.Value { return response.Call("blob") })
	if err != nil {
		return "", 0, err
	}
	return urlOf(blob), status, nil
}

// urlOf makes a URL of bytes in memory.
func urlOf(bytes Blob) string { return js.Global().Get("URL").Call("createObjectURL", bytes).String() }
