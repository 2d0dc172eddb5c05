package engine

import (
	"context"
	"time"

	"hallway/relay/bus"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// Tell implements [hub.Bus].
func (c *cluster) Tell(n bus.News) { c.bus.Tell(n) }

// ReadRuling implements [hub.Reader].
func (c *cluster) ReadRuling(room string) {
	read(c, "the rules of a room", func(ctx context.Context) (rules.Ruling, error) {
		return c.shared.Ruling(ctx, room)
	}, func(now time.Time, ruling rules.Ruling, err error) {
		c.engine.hub.Gossip().Ruling(now, room, ruling, err)
	})
}

// ReadKnown implements [hub.Reader].
func (c *cluster) ReadKnown() {
	read(c, "bans, revocations and ranks", func(ctx context.Context) (hub.Known, error) {
		return ReadKnown(ctx, c.shared)
	}, c.engine.hub.Gossip().Known)
}

// MarkRead implements [hub.Reader].
func (c *cluster) MarkRead(marks []rules.ReadMark) {
	read(c, "read markers", func(ctx context.Context) ([]int64, error) {
		return c.shared.MarkRead(ctx, marks)
	}, c.engine.hub.Gossip().Marked)
}

// ReadKnown reads the state of all rooms and users that a hub keeps in memory.
func ReadKnown(ctx context.Context, m rules.Moderation) (k hub.Known, err error) {
	if k.Revoked, err = m.Revocations(ctx); err != nil {
		return k, err
	}
	if k.Bans, err = m.Bans(ctx); err != nil {
		return k, err
	}
	k.Ranked, err = m.Ranked(ctx)
	return k, err
}

// read queries the database in a goroutine, and hands the answer to the hub's owner. It bounds the number of such
// queries.
func read[T any](c *cluster, what string, ask func(ctx context.Context) (T, error), done func(now time.Time, t T, err error)) {
	c.read(func(ctx context.Context) event {
		c.others <- struct{}{}
		defer func() { <-c.others }()
		t, err := ask(ctx)
		if err != nil && c.ctx.Err() == nil {
			c.engine.log.Error("the database does not answer", "about", what, "err", err)
		}
		return func(now time.Time) { done(now, t, err) }
	})
}
