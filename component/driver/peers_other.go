//go:build !js

package driver

import "hallway/component/client"

// newPeers has none: a native client's storage is its own.
func newPeers(post func(client.Event)) peers { return alone{post} }
