package main

import (
	"syscall/js"

	"hallway/component/client"
	"hallway/component/view"
	"hallway/component/view/composer"
	"hallway/protocol"
)

// config is the element's settings.
type config struct {
	relay, room, token, client string
	issuer                     string // the issuer of an encrypted chat; "": the chat is not encrypted
	source                     int    // the number of the page's function for tokens; 0: none
	devices                    int    // the number of the page's function for certificates; 0: none
	offline                    client.OfflineMode
	view                       view.Settings
}

func readConfig(v js.Value) config {
	text := func(name string) string {
		if s := v.Get(name); s.Type() == js.TypeString {
			return s.String()
		}
		return ""
	}
	touch := v.Get("touch").Truthy()
	return config{
		relay: text("relay"), room: text("room"), token: text("token"),
		client:  text("client"),
		issuer:  text("issuer"),
		source:  v.Get("source").Int(),
		devices: v.Get("devices").Int(),
		offline: client.OfflineMode(text("offline")),
		view: view.Settings{
			Lang: text("lang"), Texts: textsOf(v.Get("texts")),
			Keys: composer.Keys{EnterBreaks: text("enter") == "newline" || touch && text("enter") != "send", Touch: touch},
		},
	}
}

// textsOf reads an object of texts. It leaves out other values.
func textsOf(v js.Value) map[string]string {
	if v.Type() != js.TypeObject {
		return nil
	}
	keys := js.Global().Get("Object").Call("keys", v)
	texts := make(map[string]string, keys.Length())
	for i := range keys.Length() {
		name := keys.Index(i).String()
		if text := v.Get(name); text.Type() == js.TypeString {
			texts[name] = text.String()
		}
	}
	return texts
}

// draftKey returns the storage key of the user's draft. It is "" if the token names no
// user, or if the chat is encrypted: an encrypted chat stores no drafts.
func (c *config) draftKey(token string) string {
	claims, ok := protocol.ReadClaims(token)
	if !ok || c.issuer != "" {
		return ""
	}
	names := js.Global().Get("Array").Call("of", c.relay, c.room, claims.Subject)
	return "draft:" + js.Global().Get("JSON").Call("stringify", names).String()
}
