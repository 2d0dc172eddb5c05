package driver

import (
	"errors"
	"syscall/js"
	"time"
)

var errNoRandom = errors.New("driver: the browser gives no random numbers")

var ids uuid7

// newID makes a UUID, version 7, greater than all made before by this program.
// The package that does so natively would bring much of crypto and net along.
func newID() (string, error) {
	var random [8]byte
	crypto := js.Global().Get("crypto")
	if !crypto.Truthy() {
		return "", errNoRandom
	}
	array := js.Global().Get("Uint8Array").New(len(random))
	crypto.Call("getRandomValues", array)
	js.CopyBytesToGo(random[:], array)
	return ids.next(time.Now().UnixMilli(), random), nil
}
