package driver

import (
	"syscall/js"

	"hallway/component/client"
)

// newPeers connects the pages of the same origin with a BroadcastChannel and a Web Lock.
// If the browser lacks either (in an insecure context), each page owns its outbox. Then two
// pages may write the same message, and the relay stores it once.
func newPeers(post func(client.Event)) peers {
	global := js.Global()
	if !global.Get("BroadcastChannel").Truthy() || !global.Get("navigator").Get("locks").Truthy() {
		return alone{post}
	}
	return &pages{post: post}
}

// pages implements peers in a browser.
type pages struct {
	post    func(client.Event) // does not wait
	channel js.Value
	give    js.Value // releases the lock, or ends the wait for it
	funcs   []js.Func
}

// lockName names the lock and the channel of an outbox.
func lockName(key Key) string {
	return "hallway-outbox " + key.Relay + " " + key.Room + " " + key.User
}

func (p *pages) share(key Key) {
	p.close()
	global, name := js.Global(), lockName(key)
	p.channel = global.Get("BroadcastChannel").New(name)
	p.channel.Set("onmessage", p.function(func(args []js.Value) any {
		if note, ok := readNote(parse(args[0].Get("data").String())); ok {
			p.post(client.PeerSaid{Note: note})
		}
		return nil
	}))
	p.requestLock(name, key.User)
}

// requestLock requests the lock, and holds it until close.
func (p *pages) requestLock(name, user string) {
	global := js.Global()
	controller := global.Get("AbortController").New()
	given := global.Get("Promise").New(p.function(func(args []js.Value) any {
		p.give = args[0]
		return nil
	}))
	own := p.function(func([]js.Value) any {
		p.post(client.Owns{User: user})
		return given
	})
	options := map[string]any{"signal": controller.Get("signal")}
	// The end of the wait is not an error.
	global.Get("navigator").Get("locks").Call("request", name, options, own).
		Call("catch", p.function(func([]js.Value) any { return nil }))
	resolve := p.give
	p.give = p.function(func([]js.Value) any {
		controller.Call("abort")
		resolve.Invoke()
		return nil
	}).Value
}

func (p *pages) function(f func(args []js.Value) any) js.Func {
	fn := js.FuncOf(func(_ js.Value, args []js.Value) any { return f(args) })
	p.funcs = append(p.funcs, fn)
	return fn
}

func (p *pages) tell(note client.Note) {
	if p.channel.Truthy() {
		p.channel.Call("postMessage", stringify(noteRecord(note)))
	}
}

// close does not release functions that the browser may still call. That leaks little, because
// the program ends soon, or the user changes, which is rare.
func (p *pages) close() {
	if p.channel.Truthy() {
		p.channel.Call("close")
		p.give.Invoke()
		p.channel = js.Undefined()
	}
}
