package main

import (
	"os"
	"syscall/js"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/driver"
	"hallway/component/view"
	"hallway/protocol"
)

// The program's two routes. They are on a private address, so that the page's address does not change.
const (
	routeChat = "/"
	routeNone = "/ended" // a route without the chat, so that go-app dismounts it
)

// nothing is the empty component of routeNone.
type nothing struct{ app.Compo }

func (n *nothing) Render() app.UI { return app.Elem("div") }

// program is one chat in one element.
type program struct {
	bridge js.Value
	config config // the last settings from the element; after the start only the element's callbacks use it
	chat   *view.Chat
	driver *driver.Driver
	host   host
	sends  sends
	// certifier signals that the page has set another function for certificates.
	certifier chan struct{}
}

func main() {
	p := &program{bridge: js.Global().Get("hallway"), certifier: make(chan struct{}, 1)}
	p.config = readConfig(p.bridge.Get("config"))
	p.host = host{bridge: p.bridge}
	p.sends.waiting = make(map[string]promise)
	p.chat = view.New(view.Props{
		Settings: p.config.view,
		OnReady:  p.ready,
		Do:       func(ev client.Event) { p.driver.Do(ev) },
		Send: func(text, replyTo string, mentions []protocol.Mention, files []string) error {
			_, err := p.driver.Reply(text, replyTo, mentions, files...)
			return err
		},
		Attach: p.attach,
	})
	p.driver = driver.Start(driver.Options{
		Relay:    p.config.relay,
		Room:     p.config.room,
		Token:    p.config.token,
		Client:   p.config.client,
		Offline:  p.config.offline,
		GetToken: p.getToken,
		Vault:    p.vault(),
		OnChange: func(s client.Snapshot) {
			p.chat.Show(s)
			p.host.changed(&s)
			p.sends.changed(&s)
		},
		OnNews: p.hear,
	})
	watchDevice(p.driver)

	app.Route(routeChat, func() app.Composer { return p.chat })
	app.Route(routeNone, func() app.Composer { return &nothing{} })
	app.RunWhenOnBrowser() // never returns
}

// attach puts a file into the composer's strip. A value of go-app has another type than a value of the driver, so it
// is passed through the scope.
func (p *program) attach(file app.Value, width, height int64) error {
	app.Window().Set("attached", file)
	bytes := js.Global().Get("attached")
	js.Global().Delete("attached")
	return p.driver.Attach(client.Attachment{
		Name: bytes.Get("name").String(), Type: bytes.Get("type").String(), Size: int64(bytes.Get("size").Float()),
		Width: width, Height: height,
	}, bytes)
}

// hear passes an effect of the core to the page or the chat.
func (p *program) hear(news client.Effect) {
	switch e := news.(type) {
	case client.Arrived:
		p.host.arrived(e.Message, e.Mark)
	case client.Refused:
		p.host.failed("error", e.Code, e.Reason)
		if !p.sends.refused(e) {
			p.chat.Refused(e)
		}
	case client.Warned: // the element also writes it to the console
		p.host.failed("warned", e.Code, e.Reason)
	case client.Acted:
		p.chat.Acted(e)
	case client.FileLoaded:
		p.chat.FileLoaded(e)
	case client.Reported:
		p.chat.Reported()
	}
}

// ready hands the api to the element, and applies changed settings.
func (p *program) ready() {
	p.bridge.Set("api", p.api())
	p.configure(readConfig(p.bridge.Get("config")))
}

// configure applies changed attributes of the element. For another
// relay or room the element starts another program.
func (p *program) configure(c config) {
	if c.token != p.config.token && c.token != "" {
		p.driver.Do(client.TokenGot{Token: c.token})
	} else if c.source != p.config.source && c.source != 0 {
		p.driver.Do(client.TokenSource{})
	}
	if c.devices != p.config.devices {
		select {
		case p.certifier <- struct{}{}:
		default: // a signal waits already
		}
	}
	if c.offline != p.config.offline {
		p.driver.Do(client.SetOffline{Mode: c.offline})
	}
	p.chat.Configure(c.view)
	p.config = c
	p.tokenIs(c.token)
}

// tokenIs hands the storage key of the user's draft to the chat.
func (p *program) tokenIs(token string) {
	if key := p.config.draftKey(token); key != "" {
		p.chat.KeepDraft(key)
	}
}

// destroy ends the chat and the program. It blocks.
func (p *program) destroy() {
	p.driver.Close()
	p.chat.Leave(routeNone, func() { os.Exit(0) })
}
