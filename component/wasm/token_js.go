package main

import (
	"context"
	"syscall/js"

	"hallway/component/client"
	"hallway/component/driver"
)

// getToken asks the page for a token, if the page has a function for that.
func (p *program) getToken(ctx context.Context) (string, error) {
	source := p.bridge.Get("getToken")
	if source.Type() != js.TypeFunction {
		return "", client.ErrNoToken
	}
	token, err := driver.Await(ctx, func() js.Value { return source.Invoke() })
	if err != nil {
		return "", err
	}
	p.tokenIs(token.String())
	return token.String(), nil
}
