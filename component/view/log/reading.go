package log

import (
	"sort"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
)

// lookEvery is the time between two checks of the visible rows. A message that was visible for a
// shorter time may not have been read.
const lookEvery = time.Second

// reading records the messages that the user has seen.
type reading struct {
	watch   watch
	seenSeq int64 // the seq of the last message that was visible
	toldSeq int64 // the last seq that the core was told
	looking bool  // a check is scheduled
}

// followRoom resets the state in another epoch of the room, or for another user.
func (r *reading) followRoom(s *client.Snapshot) {
	n := len(s.Messages)
	if !s.Loaded || n > 0 && !s.MoreAfter && s.Messages[n-1].Seq < r.toldSeq {
		r.toldSeq, r.seenSeq = 0, 0
	}
}

// sawEnd records that the last message is visible.
func (r *reading) sawEnd(s *client.Snapshot) {
	if n := len(s.Messages); n > 0 {
		r.seenSeq = s.Messages[n-1].Seq
	}
}

// lookSoon schedules a check of the visible rows. The check tells the core the last seen message, which only moves
// forward. It does nothing while the chat is hidden.
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

// lastInSight returns the seq of the last stored message whose end is visible or that fills the view, or 0.
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

// watch observes the size of the log and of its list, and whether the log is visible.
type watch struct {
	resize, sight app.Value // observers of size and visibility
	resized, seen app.Func  // their callbacks
	visible       app.Func  // handles changes of the page's visibility
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

// canSee reports whether the log is visible.
func (w *watch) canSee() bool {
	return w.inSight && app.Window().Get("document").Get("visibilityState").String() == "visible"
}
