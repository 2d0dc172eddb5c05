package driver

import (
	"context"
	"strings"
	"time"
)

// dialStatusTimeout is the time limit for the request for the status.
const dialStatusTimeout = 3 * time.Second

// dialStatus returns the status of a refused upgrade, or 0 if it is not known. A browser does not tell
// the page, so dialStatus makes a plain request, which every version of the relay answers with the
// protocols that it speaks.
func dialStatus(ctx context.Context, url string) int {
	ctx, cancel := context.WithTimeout(ctx, dialStatusTimeout)
	defer cancel()
	a, err := ask(ctx, "GET", strings.Replace(url, "ws", "http", 1), "", "")
	if err != nil || !speaksOnlyOthers(a) {
		return 0
	}
	return upgradeRequired
}
