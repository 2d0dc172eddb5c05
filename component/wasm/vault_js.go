package main

import (
	"context"
	"syscall/js"
	"time"

	"hallway/component/client"
	"hallway/component/driver"
	"hallway/component/vault"
	"hallway/e2ee"
	"hallway/protocol"
)

// vault returns the vault of an encrypted chat, or nil.
func (p *program) vault() driver.Vault {
	c := &p.config
	if c.issuer == "" {
		return nil
	}
	options := vault.Options{
		Cipher: pageCipher{p.bridge}, Relay: c.relay, Room: c.room, Now: time.Now,
		GetDevice: p.getDevice,
	}
	issuer := c.issuer
	options.IssuerKeys = func(ctx context.Context) ([]byte, error) { return driver.Read(ctx, issuer) }
	return &reportingVault{Vault: vault.New(options), host: &p.host}
}

// codeEncryption is the code of an event about a failure of encryption.
const codeEncryption protocol.Code = "encryption"

// reportingVault is a vault that reports each of its failures once to the page's developer.
type reportingVault struct {
	driver.Vault
	host *host
	last string
}

// Do implements [driver.Vault].
func (v *reportingVault) Do(ctx context.Context, op client.CryptoOp) (client.CryptoResult, error) {
	result, err := v.Vault.Do(ctx, op)
	if err == nil {
		v.last = ""
	} else if reason := err.Error(); reason != v.last {
		v.last = reason
		v.host.failed("warned", codeEncryption, "the chat cannot encrypt: "+reason)
	}
	return result, err
}

// SealFile implements [driver.FileVault]. The page encrypts the bytes.
func (v *reportingVault) SealFile(ctx context.Context, bytes driver.Blob) (sealed driver.Blob, key, iv string, err error) {
	got, err := driver.Await(ctx, func() js.Value { return v.host.bridge.Call("sealFile", bytes) })
	if err != nil {
		return sealed, "", "", err
	}
	return got.Get("bytes"), got.Get("key").String(), got.Get("iv").String(), nil
}

// OpenFile implements [driver.FileVault].
func (v *reportingVault) OpenFile(ctx context.Context, sealed driver.Blob, f *protocol.SealedFile, size int) (bytes driver.Blob, ok bool, err error) {
	bytes, err = driver.Await(ctx, func() js.Value {
		return v.host.bridge.Call("openFile", sealed, f.Key, f.IV, f.Type, size)
	})
	return bytes, bytes.Truthy(), err
}

// certifierWait is the time for a page to set getDevice after the chat needs it.
const certifierWait = 3 * time.Second

// getDevice asks the page for a certificate.
func (p *program) getDevice(ctx context.Context, jkt string) (string, error) {
	late := time.NewTimer(certifierWait)
	defer late.Stop()
	source := p.bridge.Get("getDevice")
	for source.Type() != js.TypeFunction {
		select {
		case <-p.certifier:
			source = p.bridge.Get("getDevice")
		case <-late.C:
			return "", vault.ErrNoCert
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	cert, err := driver.Await(ctx, func() js.Value { return source.Invoke(jkt) })
	if err != nil {
		return "", err
	}
	return cert.String(), nil
}

// pageCipher calls the page's cipher, component/element/e2ee.js.
type pageCipher struct{ bridge js.Value }

// Do implements [e2ee.Cipher].
func (c pageCipher) Do(ctx context.Context, op e2ee.Op, in []byte) ([]byte, error) {
	array := js.Global().Get("Uint8Array")
	fields := array.New(len(in))
	js.CopyBytesToJS(fields, in)
	answer, err := driver.Await(ctx, func() js.Value { return c.bridge.Call("cipher", string(op), fields) })
	if err != nil {
		return nil, err
	}
	out := make([]byte, answer.Length())
	js.CopyBytesToGo(out, answer)
	return out, nil
}
