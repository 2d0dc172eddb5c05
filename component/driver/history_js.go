package driver

import (
	"context"
	"syscall/js"
)

func ask(ctx context.Context, method, url, token, body string) (answer, error) {
	var a answer
	controller := js.Global().Get("AbortController").New()
	defer context.AfterFunc(ctx, func() { controller.Call("abort") })()

	headers := map[string]any{}
	if token != "" {
		headers["Authorization"] = "Bearer " + token
	}
	options := map[string]any{
		"method":      method,
		"headers":     headers,
		"cache":       "no-store",
		"credentials": "omit",
		"signal":      controller.Get("signal"),
	}
	if body != "" {
		headers["Content-Type"] = "application/json"
		options["body"] = body
	}
	response, err := Await(ctx, func() js.Value { return js.Global().Call("fetch", url, options) })
	if err != nil {
		return a, err
	}
	a.status = response.Get("status").Int()
	if header := response.Get("headers").Call("get", "Retry-After"); header.Type() == js.TypeString {
		a.retryAfter = header.String()
	}
	buffer, err := Await(ctx, func() js.Value { return response.Call("arrayBuffer") })
	if err != nil {
		return a, err
	}
	bytes := js.Global().Get("Uint8Array").New(buffer)
	if bytes.Length() > pageBytesMax {
		return a, errPageTooLarge
	}
	a.body = make([]byte, bytes.Length())
	js.CopyBytesToGo(a.body, bytes)
	return a, nil
}
