package log

import (
	"sort"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
)

// lookEvery is the time between two looks at the rows in sight. A message that was there for a
// shorter time may not have been read.
const lookEvery = time.Second

// reading remembers which messages the user has seen.
type reading struct {
	watch   watch
	seenSeq int64 // the last message that was in sight
	toldSeq int64 // the last one that the core was told of
	looking bool  // a look is due
}

// followRoom starts again with another life of the room, or another user.
func (r *reading) followRoom(s *client.Snapshot) {
	n := len(s.Messages)
	if !s.Loaded || n > 0 && !s.MoreAfter && s.Messages[n-1].Seq < r.toldSeq {
		r.toldSeq, r.seenSeq = 0, 0
	}
}

// sawEnd notes that the last message is in sight.
func (r *reading) sawEnd(s *client.Snapshot) {
	if n := len(s.Messages); n > 0 {
		r.seenSeq = s.Messages[n-1].Seq
	}
}

// lookSoon looks in a moment at the rows in sight, and tells the core which message was seen last: only
// forward, and only while people can see the chat.
func (s *scene) lookSoon() {
	r := &s.reading
	if r.looking || s.scroller == nil {
		return
	}
	r.looking = true
	s.ctx.After(lookEvery, func(ctx app.Context) {
		ctx.PreventUpdate()
		r.looking = false
		if s.scroller == nil || !s.snap.Loaded || !r.watch.canSee() {
			return
		}
		seq := s.view.lastInSight()
		if seq > r.seenSeq {
			r.seenSeq = seq
			s.showJump()
		}
		if seq > max(r.toldSeq, s.snap.ReadSeq) {
			r.toldSeq = seq
			s.host.Do(client.Seen{Seq: seq})
		}
	})
}

// lastInSight returns the seq of the last stored message whose end is in sight, or that fills the
// view; 0: there is none.
func (v *viewport) lastInSight() (seq int64) {
	view := v.scroller.Call("getBoundingClientRect")
	top, bottom := view.Get("top").Float(), view.Get("bottom").Float()
	if bottom <= top {
		return 0
	}
	shown := v.list.shown
	edges := func(i int) (from, to float64) {
		box := v.list.nodes[shown[i].id].item.Call("getBoundingClientRect")
		return box.Get("top").Float(), box.Get("bottom").Float()
	}
	beyond := sort.Search(len(shown), func(i int) bool {
		from, to := edges(i)
		return to > bottom+1 && from > top
	})
	for i := beyond - 1; i >= 0; i-- {
		if shown[i].seq > 0 {
			return shown[i].seq
		}
	}
	return 0
}

// watch observes the size of the log and of its list, and whether people can see the log.
type watch struct {
	resize, sight app.Value // observers of size and visibility
	resized, seen app.Func  // their callbacks
	visible       app.Func  // hears whether the page is visible
	inSight       bool
}

func (w *watch) start(s *scene) {
	later := func(f func(args []app.Value)) app.Func {
		return app.FuncOf(func(_ app.Value, args []app.Value) any {
			s.ctx.Dispatch(func(ctx app.Context) {
				ctx.PreventUpdate()
				f(args)
			})
			return nil
		})
	}
	w.resized = later(func([]app.Value) { s.onResize() })
	w.seen = later(func(args []app.Value) {
		if entries := args[0]; entries.Length() > 0 {
			w.inSight = entries.Index(entries.Length() - 1).Get("isIntersecting").Bool()
			s.lookSoon()
		}
	})
	w.visible = later(func([]app.Value) { s.lookSoon() })
	w.resize = app.Window().Get("ResizeObserver").New(w.resized)
	w.resize.Call("observe", s.scroller)
	w.resize.Call("observe", s.list.ul)
	w.sight = app.Window().Get("IntersectionObserver").New(w.seen)
	w.sight.Call("observe", s.scroller)
	app.Window().Get("document").Call("addEventListener", "visibilitychange", w.visible)
}

func (w *watch) stop() {
	app.Window().Get("document").Call("removeEventListener", "visibilitychange", w.visible)
	w.resize.Call("disconnect")
	w.sight.Call("disconnect")
	for _, f := range []app.Func{w.resized, w.seen, w.visible} {
		f.Release()
	}
}

// canSee reports whether the log is in sight.
func (w *watch) canSee() bool {
	return w.inSight && app.Window().Get("document").Get("visibilityState").String() == "visible"
}
