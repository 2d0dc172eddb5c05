package main

import (
	"syscall/js"

	"hallway/component/client"
)

// config is the element's settings.
type config struct {
	relay, room, token, lang, client string
	offline                          client.OfflineMode
}

func readConfig(v js.Value) config {
	text := func(name string) string {
		if s := v.Get(name); s.Type() == js.TypeString {
			return s.String()
		}
		return ""
	}
	return config{
		relay: text("relay"), room: text("room"), token: text("token"),
		lang: text("lang"), client: text("client"),
		offline: client.OfflineMode(text("offline")),
	}
}
