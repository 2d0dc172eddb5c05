package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// sameSignal is how long after a signal another one counts as the same: timeout(1) sends
// it to the process and to its group, and what starts a command may pass on what its
// terminal sent to both.
const sameSignal = 500 * time.Millisecond

// untilSignal returns a context that ends with SIGINT or SIGTERM. A signal that comes
// later than sameSignal after the first one ends the process at once.
func untilSignal() (ctx context.Context, stop func()) {
	ctx, stop = context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-signals
		stop()
		time.Sleep(sameSignal)
		signal.Stop(signals)
	}()
	return ctx, stop
}
