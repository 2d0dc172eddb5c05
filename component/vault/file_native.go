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
	var in list
	in.add(data)
	out, err := v.cipher(ctx, e2ee.OpSealFile, in, 3)
	if err != nil {
		return nil, "", "", err
	}
	return out[2], e2ee.Encode(out[0]), e2ee.Encode(out[1]), nil
}

// OpenFile decrypts a file that SealFile has encrypted. For any other bytes ok is false. It makes no thumbnails.
func (v *Vault) OpenFile(ctx context.Context, sealed []byte, f *protocol.SealedFile, _ int) (data []byte, ok bool, err error) {
	var in list
	in.add(e2ee.Decode(f.Key))
	in.add(e2ee.Decode(f.IV))
	in.add(sealed)
	out, err := v.cipher(ctx, e2ee.OpOpenFile, in, 2)
	if err != nil {
		return nil, false, err
	}
	return out[1], string(out[0]) == e2ee.Yes, nil
}
