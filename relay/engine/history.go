package engine

import (
	"context"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// Page returns a part of a room's history as JSON: from the room's window where that reaches so far, else from
// the store.
func (e *Engine) Page(ctx context.Context, room, user string, q rules.Query) ([]byte, error) {
	if page, ok := e.recent(ctx, room, user, q); ok {
		e.meter.Page(true)
		return page, nil
	}
	page, err := e.read(ctx, room, user, q)
	if err != nil {
		return nil, err
	}
	e.meter.Page(false)
	return page.Append(nil), nil
}

// Message returns one message as the user sees it; ok is false where the room has none with this id.
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
	// A window that was opened in the meantime may lag behind the page as well.
	if w := e.windows.Of(room); w != nil {
		w.Seen(page.Head)
	}
	return page, nil
}

// Ready returns why the store cannot write at present; nil when it can.
func (e *Engine) Ready(ctx context.Context) error { return e.store.Ready(ctx) }

// recent answers from the window. The first reader of a window with a gap fills it from the store; readers
// that come in the meantime wait for that.
func (e *Engine) recent(ctx context.Context, room, user string, q rules.Query) (page []byte, ok bool) {
	w := e.windows.Of(room)
	if w == nil {
		return nil, false
	}
	if page, ok = w.Page(q, user); ok {
		return page, true
	}
	from, lacks := w.Lacks(q)
	if !lacks {
		return nil, false
	}
	filled := e.fills.DoChan(room, func() (any, error) {
		e.fill(ctx, room, w, from)
		return nil, nil
	})
	select {
	case <-filled:
	case <-ctx.Done():
	}
	return w.Page(q, user)
}

// fill reads what a window lacks. When that fails, each page is read from the store, which reports the cause.
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
