package main

import (
	"context"
	"log/slog"
	"time"
)

const (
	// reindexLookEvery is the time between two looks at the progress of a reindex, reindexLogEvery that between two
	// lines in the log.
	reindexLookEvery = time.Second
	reindexLogEvery  = 30 * time.Second
)

// logReindex logs how many messages are not indexed yet, until all are.
func logReindex(ctx context.Context, log *slog.Logger, left func() int64) {
	if left() == 0 {
		return
	}
	log.Info("making the index of words anew: searches find old messages later", "messages", left())
	tick := time.NewTicker(reindexLookEvery)
	defer tick.Stop()
	for told := time.Now(); left() > 0; {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if now.Sub(told) >= reindexLogEvery {
				log.Info("making the index of words anew", "messages", left())
				told = now
			}
		}
	}
	log.Info("the index of words is complete")
}
