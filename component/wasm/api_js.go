package main

import (
	"syscall/js"

	"hallway/component/client"
)

// api returns the object by which the element calls the program. Its functions are
// released with the program. They never wait, because the page waits for them.
func (p *program) api() js.Value {
	api := js.Global().Get("Object").New()
	method := func(name string, f func(argument js.Value) any) {
		api.Set(name, js.FuncOf(func(_ js.Value, arguments []js.Value) any {
			argument := js.Undefined()
			if len(arguments) > 0 {
				argument = arguments[0]
			}
			return f(argument)
		}))
	}
	command := func(name string, f func(argument js.Value)) {
		method(name, func(argument js.Value) any {
			f(argument)
			return nil
		})
	}
	method("send", func(text js.Value) any { return p.send(text.String()) })
	command("retry", func(id js.Value) { p.driver.Do(client.Retry{ID: id.String()}) })
	command("discard", func(id js.Value) { p.driver.Do(client.Discard{ID: id.String()}) })
	command("scrollTo", func(id js.Value) { p.chat.ScrollTo(id.String()) })
	command("focus", func(js.Value) { p.chat.Focus() })
	command("moved", func(js.Value) { p.chat.Moved() })
	command("configure", func(v js.Value) { p.configure(readConfig(v)) })
	command("close", func(js.Value) { p.driver.Do(client.Close{}) })
	command("destroy", func(js.Value) { go p.destroy() })
	return api
}
