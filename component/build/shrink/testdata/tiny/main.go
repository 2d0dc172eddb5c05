// Command tiny is a chat program in little: it holds a socket, mounts go-app, tells the bridge, and can end and panic.
package main

import (
	"context"
	"os"
	"syscall/js"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"nhooyr.io/websocket"
)

type root struct{ app.Compo }

func (r *root) Render() app.UI { return app.Div().Class("hallway").Text("tiny is up") }

func (r *root) OnMount(ctx app.Context) {
	hallway := js.Global().Get("hallway")
	call := func(f func()) js.Func {
		return js.FuncOf(func(js.Value, []js.Value) any {
			ctx.Dispatch(func(app.Context) { f() })
			return nil
		})
	}
	hallway.Set("api", map[string]any{
		"destroy": call(func() {
			ctx.Navigate("/gone")
			os.Exit(0)
		}),
		"configure": call(func() {}),
		"retry":     call(func() { panic("tiny panics") }),
		"send": js.FuncOf(func(_ js.Value, args []js.Value) any {
			hallway.Call("emit", "message", map[string]any{"message": map[string]any{"text": args[0].String()}})
			return "id-1"
		}),
	})
	hallway.Call("emit", "status", map[string]any{"status": "live", "retryInMs": 0})
}

func main() {
	relay := js.Global().Get("hallway").Get("config").Get("relay").String()
	go websocket.Dial(context.Background(), relay+"/v1/ws", nil)
	app.Route("/", func() app.Composer { return &root{} })
	app.Route("/gone", func() app.Composer { return &gone{} })
	app.RunWhenOnBrowser()
}

type gone struct{ app.Compo }

func (g *gone) Render() app.UI { return app.Div() }
