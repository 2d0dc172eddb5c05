package system

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// SameSignal is the time within which a second signal counts as the same one: timeout(1) signals both the process and
// its group, and a wrapper may pass on the signal that its terminal has sent to both.
const SameSignal = 500 * time.Millisecond

// UntilSignal returns a context that ends with SIGINT or SIGTERM. A second signal, more than SameSignal later, ends the
// process at once.
func UntilSignal() (ctx context.Context, stop func()) {
	ctx, stop = context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-signals
		stop()
		time.Sleep(SameSignal)
		signal.Stop(signals)
	}()
	return ctx, stop
}
