//go:build !js

package vault

import (
	"context"

	"hallway/e2ee"
	"hallway/protocol"
)

// SealFile encrypts a file with a fresh key. It may be called from any goroutine, as may OpenFile. In a
// browser the page's cipher does both, so that the bytes do not pass through the program.
func (v *Vault) SealFile(ctx context.Context, data []byte) (sealed []byte, key, iv string, err error) {
	c := call{Vault: v, ctx: ctx}
	c.add(data)
	out := c.ask(e2ee.OpSealFile, 3)
	if c.err != nil {
		return nil, "", "", c.err
	}
	return out[2], e2ee.Encode(out[0]), e2ee.Encode(out[1]), nil
}

// OpenFile decrypts a file that SealFile has encrypted. For any other bytes ok is false. It makes no thumbnails.
func (v *Vault) OpenFile(ctx context.Context, sealed []byte, f *protocol.SealedFile, _ int) (data []byte, ok bool, err error) {
	c := call{Vault: v, ctx: ctx}
	c.decoded(f.Key)
	c.decoded(f.IV)
	c.add(sealed)
	out := c.ask(e2ee.OpOpenFile, 2)
	if c.err != nil {
		return nil, false, c.err
	}
	return out[1], isYes(out[0]), nil
}
