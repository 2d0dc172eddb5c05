package engine

import (
	"context"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// Page returns a part of a room's history as JSON: from the room's window if that reaches so far, else from the store.
func (e *Engine) Page(ctx context.Context, room, user string, q rules.Query) ([]byte, error) {
	page, ok, err := e.recent(ctx, room, user, q)
	switch {
	case err != nil:
		return nil, err
	case ok:
		e.meter.Page(true)
		return page, nil
	}
	return e.stored(ctx, room, user, q)
}

// stored returns a page from the store.
func (e *Engine) stored(ctx context.Context, room, user string, q rules.Query) ([]byte, error) {
	page, err := e.read(ctx, room, user, q)
	if err != nil {
		return nil, err
	}
	e.meter.Page(false)
	return page.Append(nil), nil
}

// Message returns one message as the user sees it; ok is false if the room has none with this id.
func (e *Engine) Message(ctx context.Context, room, user, id string) (m protocol.Message, ok bool, err error) {
	page, err := e.read(ctx, room, user, rules.Query{Kind: rules.QueryAround, ID: id, Limit: 1})
	if err != nil {
		return m, false, err
	}
	e.meter.Page(false)
	if len(page.Messages) == 0 {
		return m, false, nil
	}
	return page.Messages[0], true, nil
}

// read reads from the store.
func (e *Engine) read(ctx context.Context, room, user string, q rules.Query) (protocol.Page, error) {
	page, err := e.store.Page(ctx, room, user, q)
	if err != nil {
		return page, err
	}
	// A window that was opened in the meantime may be older than the page, too. In a cluster each reader checks that
	// itself.
	if w := e.windows.Of(room); w != nil && e.cluster == nil {
		w.Seen(page.Head)
	}
	return page, nil
}

// Ready returns the reason why the store cannot write now; nil if it can.
func (e *Engine) Ready(ctx context.Context) error { return e.store.Ready(ctx) }

// recent answers a query from the window; ok is false if it cannot. The first reader of a window with a gap fills the
// gap from the store, and later readers wait for it. In a cluster the window must be level with the database.
func (e *Engine) recent(ctx context.Context, room, user string, q rules.Query) (page []byte, ok bool, err error) {
	w := e.windows.Of(room)
	if w == nil || !hub.WindowAnswers(q) {
		return nil, false, nil
	}
	answer := func() ([]byte, bool) { return w.Page(q, user) }
	if e.cluster != nil {
		head, err := e.cluster.pages.read(ctx, room)
		if err != nil {
			return nil, false, err
		}
		answer = func() ([]byte, bool) { return w.PageAsOf(&head, q, user) }
	}
	if page, ok = answer(); ok {
		return page, true, nil
	}
	from, lacks := w.Lacks(q)
	if !lacks {
		return nil, false, nil
	}
	filled := e.fills.DoChan(room, func() (any, error) {
		e.fill(ctx, room, w, from)
		return nil, nil
	})
	select {
	case <-filled:
	case <-ctx.Done():
	}
	page, ok = answer()
	return page, ok, nil
}

// fill reads the missing messages of a window. If that fails, each page is read from the store, which reports the
// cause.
func (e *Engine) fill(ctx context.Context, room string, w *hub.Window, from int64) {
	f := hub.Fill{From: from}
	for at := from; ; {
		page, err := e.store.Page(ctx, room, "", rules.Query{Kind: rules.QuerySince, At: at, Limit: protocol.PageMessagesMax})
		if err != nil || f.Epoch != "" && f.Epoch != page.Epoch {
			return
		}
		f.Add(page.Messages)
		f.Epoch, f.Head = page.Epoch, page.Head
		if !page.More {
			break
		}
		at = page.Messages[len(page.Messages)-1].Rev
	}
	_, _ = ask(ctx, e, func(_ time.Time, answer func(struct{})) {
		if e.windows.Of(room) == w { // a newer window has not heard of messages purged in the meantime
			e.hub.Filled(room, f)
		}
		answer(struct{}{})
	})
}
