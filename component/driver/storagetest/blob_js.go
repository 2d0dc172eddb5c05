package storagetest

import (
	"context"
	"syscall/js"

	"hallway/component/driver"
)

func blob(text string) driver.Blob {
	return js.Global().Get("Blob").New([]any{text})
}

func read(b driver.Blob) string {
	text, err := driver.Await(context.Background(), func() js.Value { return b.Call("text") })
	if err != nil {
		return err.Error()
	}
	return text.String()
}
