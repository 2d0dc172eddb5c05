package driver

import (
	"math/rand/v2"

	"hallway/component/client"
	"hallway/component/client/core"
)

// Start begins a chat. It returns at once; what becomes of it is told by
// OnChange.
func Start(o Options) *Driver {
	return start(o, core.New(client.Config{
		Room:    o.Room,
		Client:  o.Client,
		Offline: o.Offline,
		Rand:    rand.Float64, // seeded from the system's randomness, the browser's included
	}))
}
