package main

import (
	"context"
	"log/slog"
	"time"
)

const (
	// reindexLookEvery is the time between two checks of the progress of a reindex, reindexLogEvery the time between
	// two log entries.
	reindexLookEvery = time.Second
	reindexLogEvery  = 30 * time.Second
)

// logReindex logs the number of messages without an index, until all are indexed.
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
