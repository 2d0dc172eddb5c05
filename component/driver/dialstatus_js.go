package driver

import (
	"context"
	"strings"
	"time"
)

// dialStatusTimeout is the time for the relay to tell why it refused.
const dialStatusTimeout = 3 * time.Second

// dialStatus returns the status with which the relay refused an upgrade; 0: not known.
// A page does not learn it, so dialStatus makes a plain request, which every version of
// the relay answers with the protocols that it speaks.
func dialStatus(ctx context.Context, url string) int {
	ctx, cancel := context.WithTimeout(ctx, dialStatusTimeout)
	defer cancel()
	a, err := ask(ctx, "GET", strings.Replace(url, "ws", "http", 1), "", "")
	if err != nil || !speaksOnlyOthers(a) {
		return 0
	}
	return upgradeRequired
}
