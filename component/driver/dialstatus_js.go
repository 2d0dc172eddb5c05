package driver

import (
	"context"
	"strings"
	"time"
)

// dialStatusTimeout is how long the relay may take to say why it refused.
const dialStatusTimeout = 3 * time.Second

// dialStatus is the status with which the relay refused an upgrade; 0: not known. A
// page is not told, so the relay is asked again by a plain request, which every
// version of it answers with what it speaks.
func dialStatus(ctx context.Context, url string) int {
	ctx, cancel := context.WithTimeout(ctx, dialStatusTimeout)
	defer cancel()
	a, err := ask(ctx, "GET", strings.Replace(url, "ws", "http", 1), "", "")
	if err != nil || !speaksOnlyOthers(a) {
		return 0
	}
	return upgradeRequired
}
