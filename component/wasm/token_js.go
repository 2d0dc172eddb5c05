package main

import (
	"context"
	"errors"
	"syscall/js"

	"hallway/component/client"
)

// getToken asks the page for a token, if the page has a way to get one.
func (p *program) getToken(ctx context.Context) (string, error) {
	source := p.bridge.Get("getToken")
	if source.Type() != js.TypeFunction {
		return "", client.ErrNoToken
	}
	token, err := await(ctx, source.Invoke())
	if err == nil {
		p.tokenIs(token)
	}
	return token, err
}

// await waits for a promise of a string.
func await(ctx context.Context, promise js.Value) (string, error) {
	type result struct {
		text string
		err  error
	}
	settled := make(chan result, 1)
	var fulfilled, rejected js.Func
	settle := func(r result) any {
		fulfilled.Release()
		rejected.Release()
		settled <- r
		return nil
	}
	fulfilled = js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		return settle(result{text: arguments[0].String()})
	})
	rejected = js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		why := arguments[0]
		if why.Type() == js.TypeObject {
			why = why.Get("message")
		}
		return settle(result{err: errors.New(why.String())})
	})
	promise.Call("then", fulfilled, rejected)
	select {
	case r := <-settled:
		return r.text, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
