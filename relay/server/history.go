package server

import (
	"context"
	"sync"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// Page reads a part of a room's history, as JSON: from the room's window where
// that reaches so far, else from the store.
func (e *Engine) Page(ctx context.Context, room, user string, q hub.Query) ([]byte, error) {
	if page, ok := e.recent(ctx, room, user, q); ok {
		e.metrics.pages.WithLabelValues("window").Inc()
		return page, nil
	}
	page, err := e.store.Page(ctx, room, user, q)
	if err != nil {
		return nil, err
	}
	e.metrics.pages.WithLabelValues("store").Inc()
	// Of a window that was opened meanwhile, too: it may not know of all this yet.
	if w := e.windows.Of(room); w != nil {
		w.Seen(page.Head)
	}
	return page.Append(nil), nil
}

// Ready reports why the store cannot write at present.
func (e *Engine) Ready(ctx context.Context) error { return e.store.Ready(ctx) }

// recent answers from the window. The first who finds that it lacks something
// reads that from the store, and whoever comes meanwhile waits for it.
func (e *Engine) recent(ctx context.Context, room, user string, q hub.Query) (page []byte, ok bool) {
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
	e.fills.once(ctx, room, func() { e.fill(ctx, room, w, from) })
	return w.Page(q, user)
}

// fill reads for a window what it lacks. When that fails the store is asked for
// each page, and says itself what is wrong.
func (e *Engine) fill(ctx context.Context, room string, w *hub.Window, from int64) {
	f := hub.Fill{From: from}
	for at := from; ; {
		page, err := e.store.Page(ctx, room, "", hub.Query{Kind: hub.QuerySince, At: at, Limit: protocol.PageMessagesMax})
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
	done := make(chan struct{})
	e.do(func(time.Time) {
		if e.windows.Of(room) == w { // another has not heard of what was purged meanwhile
			e.hub.Filled(room, f)
		}
		close(done)
	})
	select {
	case <-done:
	case <-ctx.Done():
	case <-e.stop:
	}
}

// fills has a room's window filled once at a time.
type fills struct {
	mu    sync.Mutex
	under map[string]chan struct{} // by room; closed when it is done
}

// once calls fill, or waits until the call that is under way is done.
func (f *fills) once(ctx context.Context, room string, fill func()) {
	f.mu.Lock()
	done, under := f.under[room]
	if under {
		f.mu.Unlock()
		select {
		case <-done:
		case <-ctx.Done():
		}
		return
	}
	if f.under == nil {
		f.under = map[string]chan struct{}{}
	}
	done = make(chan struct{})
	f.under[room] = done
	f.mu.Unlock()

	defer func() {
		f.mu.Lock()
		delete(f.under, room)
		f.mu.Unlock()
		close(done)
	}()
	fill()
}
