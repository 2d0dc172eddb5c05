//go:build !js

package driver

import "hallway/component/client"

// newPeers returns none: native clients have no sibling tabs.
func newPeers(post func(client.Event)) peers { return alone{post} }
