package driver

import (
	"errors"
	"syscall/js"
)

var errNoRandom = errors.New("driver: the browser gives no random numbers")

// readRandom fills p with random bytes. The standard library's package would make
// the page much larger.
func readRandom(p []byte) error {
	crypto := js.Global().Get("crypto")
	if !crypto.Truthy() {
		return errNoRandom
	}
	array := js.Global().Get("Uint8Array").New(len(p))
	crypto.Call("getRandomValues", array)
	js.CopyBytesToGo(p, array)
	return nil
}
