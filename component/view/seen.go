package view

import (
	"sort"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// lookEvery is how often what is in sight is looked at, at most. What was there for
// less may not have been read.
const lookEvery = time.Second

// lookSoon looks at what is in sight, in a moment.
func (l *log) lookSoon() {
	if l.looking || l.scroller == nil {
		return
	}
	l.looking = true
	l.ctx.After(lookEvery, func(ctx app.Context) {
		ctx.PreventUpdate()
		l.looking = false
		l.look()
	})
}

// look tells which message was seen last: only forward, and only while the chat can
// be seen.
func (l *log) look() {
	if l.scroller == nil || !l.snap.Loaded || !l.watch.canSee() {
		return
	}
	seq := l.lastInSight()
	if seq > l.seenSeq {
		l.seenSeq = seq
		l.showJump()
	}
	if seq > max(l.toldSeq, l.snap.ReadSeq) {
		l.toldSeq = seq
		l.props.OnSeen(seq)
	}
}

// lastInSight is the seq of the last stored message whose end is in sight, or that
// fills the view; 0: there is none.
func (l *log) lastInSight() (seq int64) {
	view := l.scroller.Call("getBoundingClientRect")
	top, bottom := view.Get("top").Float(), view.Get("bottom").Float()
	if bottom <= top {
		return 0
	}
	shown := l.list.shown
	edges := func(i int) (from, to float64) {
		box := l.list.nodes[shown[i].id].item.Call("getBoundingClientRect")
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

// watch knows what the log cannot see by itself: its size and its list's, and whether
// anybody sees it.
type watch struct {
	resize, sight app.Value // observers
	visible       app.Func  // hears whether the page is
	resized       app.Func
	seen          app.Func
	inSight       bool
}

func (w *watch) start(l *log) {
	later := func(f func(args []app.Value)) app.Func {
		return app.FuncOf(func(_ app.Value, args []app.Value) any {
			l.ctx.Dispatch(func(ctx app.Context) {
				ctx.PreventUpdate()
				f(args)
			})
			return nil
		})
	}
	w.resized = later(func([]app.Value) { l.keepPlace() })
	w.seen = later(func(args []app.Value) {
		if entries := args[0]; entries.Length() > 0 {
			w.inSight = entries.Index(entries.Length() - 1).Get("isIntersecting").Bool()
			l.lookSoon()
		}
	})
	w.visible = later(func([]app.Value) { l.lookSoon() })
	w.resize = app.Window().Get("ResizeObserver").New(w.resized)
	w.resize.Call("observe", l.scroller)
	w.resize.Call("observe", l.part("hallway-list"))
	w.sight = app.Window().Get("IntersectionObserver").New(w.seen)
	w.sight.Call("observe", l.scroller)
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

// canSee reports whether the log is where somebody could see it.
func (w *watch) canSee() bool {
	return w.inSight && app.Window().Get("document").Get("visibilityState").String() == "visible"
}
