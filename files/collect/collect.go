// Package collect deletes unneeded bytes of files. The main type is [Collector].
//
// It deletes three kinds of bytes. Doomed bytes: the database has deleted their row, and lists their keys until the
// bytes are deleted, so a crash only delays the deletion. Unused bytes: an upload that has been in no message for a
// day. Unknown bytes: they have no row, because a relay was killed between storing them and making the row; a sweep
// through all keys finds them, at the start of the relay and every few hours. If several relays share a place, one
// relay does the work for all.
//
// Another reason to delete bytes becomes a method of [Rows], which [Collector.Run] calls.
//
// # What this package must not know
//
// Rooms, users and messages: the database tells which keys it knows.
package collect

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"hallway/files"
	"hallway/files/intake"
)

// Rows is the database as the collector uses it.
type Rows interface {
	// Doomed lists at most limit keys whose rows are durably deleted, so that their bytes can be deleted.
	Doomed(ctx context.Context, limit int) ([]string, error)
	// Deleted removes keys from the doomed ones.
	Deleted(ctx context.Context, keys []string) error
	// Unknown returns the keys without a row.
	Unknown(ctx context.Context, keys []string) ([]string, error)
	// DropUnused deletes the rows of at most limit files that are in no message and were uploaded before a time, and
	// returns their number.
	DropUnused(ctx context.Context, before time.Time, limit int) (int, error)
}

const (
	// doomedEvery is the time between two reads of the doomed keys.
	doomedEvery = 5 * time.Second
	// unusedAfter is the longest wait of an upload for its message; unusedEvery is the time between two searches for uploads that
	// wait longer.
	unusedAfter = 24 * time.Hour
	unusedEvery = time.Minute
	// sweepEvery is the time between two sweeps.
	sweepEvery = 6 * time.Hour
	// unknownAfter is the least age of unknown bytes at their deletion. It is longer than any upload takes.
	unknownAfter = time.Hour
	// slice is the number of keys handled at once.
	slice = 200
)

// Options holds the settings of a collector.
type Options struct {
	Store files.Store
	Rows  Rows
	// Alone means that no other process stores files at this place: unknown bytes from before the start belong to no
	// upload.
	Alone bool
	// Turn reports whether this collector, and no other one at the same place, does the work, and reserves the work for
	// a while. It is called repeatedly. nil: this collector always does the work.
	Turn func(ctx context.Context) (bool, error)
	Log  *slog.Logger
	// Swept, if not nil, is called with the number of files whose bytes were deleted.
	Swept func(n int)
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// Collector deletes bytes.
type Collector struct {
	Options
	began  time.Time
	unused time.Time // the last search for unused uploads
	sweep  time.Time // the last sweep
}

// New returns a collector. It assumes that bytes stored after this call belong to uploads under way.
func New(o Options) *Collector {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Turn == nil {
		o.Turn = func(context.Context) (bool, error) { return true, nil }
	}
	if o.Swept == nil {
		o.Swept = func(int) {}
	}
	return &Collector{Options: o, began: o.Now()}
}

// Run works until ctx ends. It logs failures and tries again.
func (c *Collector) Run(ctx context.Context) {
	tick := time.NewTicker(doomedEvery)
	defer tick.Stop()
	failing := false
	for {
		err := c.Step(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !failing {
			c.Log.Error("unneeded files could not be deleted; the relay will try again", "error", err)
		}
		failing = err != nil
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// errTurn means that another collector does the work.
var errTurn = errors.New("another relay deletes files")

// Step carries out all due work, as long as it is this collector's turn.
func (c *Collector) Step(ctx context.Context) error {
	err := c.step(ctx)
	if errors.Is(err, errTurn) {
		return nil
	}
	return err
}

// turn returns an error if another collector does the work.
func (c *Collector) turn(ctx context.Context) error {
	ours, err := c.Turn(ctx)
	if err == nil && !ours {
		err = errTurn
	}
	return err
}

func (c *Collector) step(ctx context.Context) error {
	if err := c.turn(ctx); err != nil {
		return err
	}
	now := c.Now()
	if now.Sub(c.unused) >= unusedEvery {
		for more := true; more; {
			n, err := c.Rows.DropUnused(ctx, now.Add(-unusedAfter), slice)
			if err != nil {
				return err
			}
			more = n == slice
		}
		c.unused = now
	}
	if err := c.DeleteDoomed(ctx); err != nil {
		return err
	}
	if now.Sub(c.sweep) < sweepEvery {
		return nil
	}
	if err := c.sweepUnknown(ctx, now); err != nil {
		return err
	}
	c.sweep = now
	return nil
}

// DeleteDoomed deletes the bytes of all doomed keys.
func (c *Collector) DeleteDoomed(ctx context.Context) error {
	for {
		if err := c.turn(ctx); err != nil {
			return err
		}
		keys, err := c.Rows.Doomed(ctx, slice)
		if err != nil || len(keys) == 0 {
			return err
		}
		for _, key := range keys {
			if err := intake.Delete(ctx, c.Store, key); err != nil {
				return err
			}
		}
		if err := c.Rows.Deleted(ctx, keys); err != nil {
			return err
		}
		c.Swept(len(keys))
	}
}

// sweepUnknown deletes bytes without a row.
func (c *Collector) sweepUnknown(ctx context.Context, now time.Time) error {
	before := now.Add(-unknownAfter)
	if c.Alone {
		before = later(before, c.began)
	}
	var keys []string
	swept := 0
	flush := func() error {
		if err := c.turn(ctx); err != nil {
			return err
		}
		n, err := c.deleteUnknown(ctx, keys)
		keys, swept = keys[:0], swept+n
		return err
	}
	err := c.Store.List(ctx, func(b files.Blob) error {
		if files.Owns(b.Key) || !b.Stored.Before(before) {
			return nil
		}
		if keys = append(keys, b.Key); len(keys) < slice {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if s, ok := c.Store.(files.Sweeper); ok && err == nil {
		err = s.Sweep(ctx, now.Add(-unknownAfter))
	}
	if swept > 0 {
		c.Log.Info("bytes of files that no message has were deleted", "blobs", swept)
	}
	return err
}

// deleteUnknown deletes the blobs without a row.
func (c *Collector) deleteUnknown(ctx context.Context, keys []string) (n int, err error) {
	of := make(map[string][]string) // the blobs of each file
	var asked []string
	for _, key := range keys {
		file := intake.FileOf(key)
		if of[file] == nil {
			asked = append(asked, file)
		}
		of[file] = append(of[file], key)
	}
	unknown, err := c.Rows.Unknown(ctx, asked)
	if err != nil {
		return 0, err
	}
	for _, file := range unknown {
		for _, key := range of[file] {
			if err := c.Store.Delete(ctx, key); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
