package main

import (
	"syscall/js"

	"hallway/component/client"
	"hallway/component/driver"
)

// watchDevice tells the driver about the network and the page's visibility, until the
// program ends. (The scope removes the listeners.)
func watchDevice(d *driver.Driver) {
	window, document := js.Global(), js.Global().Get("document")
	listen := func(target js.Value, event string, f func()) {
		target.Call("addEventListener", event, js.FuncOf(func(js.Value, []js.Value) any {
			f()
			return nil
		}))
	}
	network := func() {
		if window.Get("navigator").Get("onLine").Bool() {
			d.Do(client.Online{})
		} else {
			d.Do(client.Offline{})
		}
	}
	visibility := func() {
		if document.Get("visibilityState").String() == "hidden" {
			d.Do(client.Hidden{})
		} else {
			d.Do(client.Visible{})
		}
	}
	listen(window, "online", network)
	listen(window, "offline", network)
	listen(document, "visibilitychange", visibility)
	network()
	visibility()
}
