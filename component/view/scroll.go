package view

import (
	"math"
	"slices"
	"sort"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
)

// endSlack is how far from its end, in CSS pixels, the log counts as being at its
// end.
const endSlack = 32

// keepPlace keeps in view what was, after the size of the log or of its list has changed:
// its end (a message came, a keyboard opens, the composer grows), else what stands where it stood (the state's
// line above it comes or goes).
func (l *log) keepPlace() {
	if l.scroller == nil {
		return
	}
	if l.hidden || l.isHidden() {
		l.comeBack()
		return
	}
	offset := l.fromTop()
	moved := offset - l.offset
	l.offset = offset
	switch {
	case l.follow:
		l.scrollToEnd()
	case moved != 0:
		l.scrollTo(l.scroller.Get("scrollTop").Float() + moved)
	}
	l.lookSoon()
}

func (l *log) fromTop() float64 { return -l.below(l.scroller.Get("parentElement")) }

// below gives how far below the log's top edge an element begins.
func (l *log) below(e app.Value) float64 { return (dom.Top(e) - dom.Top(l.scroller)) * l.scale() }

// scale gives the log's CSS pixels to one of the page: a zoom or a transform around
// the chat makes it other than 1. The list is high, so that whole pixels tell it well
// enough for all of it.
func (l *log) scale() float64 {
	height := l.list.ul.Call("getBoundingClientRect").Get("height").Float()
	own := l.list.ul.Get("offsetHeight").Float()
	if height == 0 || math.Abs(own-height) < 1 {
		return 1
	}
	return own / height
}

// anchor is what stays in its place when the rows change: the first row that begins
// in sight and is wanted further on, so that one that grows beyond the edge above
// moves nothing that is read; where no such row is, one that can be seen in part.
func (l *log) anchor(wanted []row) app.Value {
	shown := l.list.shown
	edge := dom.Top(l.scroller)
	firstBelow := func(side string) int {
		return sort.Search(len(shown), func(i int) bool {
			return l.list.nodes[shown[i].id].item.Call("getBoundingClientRect").Get(side).Float() >= edge
		})
	}
	inPart := firstBelow("bottom")
	for _, first := range []int{firstBelow("top"), inPart} {
		for _, r := range shown[first:] {
			if slices.ContainsFunc(wanted, func(w row) bool { return w.id == r.id }) {
				return l.list.nodes[r.id].item
			}
		}
	}
	return nil
}

// noticeScroll finds out whether people have left the end, or come back to it. A
// view that only became smaller has left nothing: then scrollTop is the same.
func (l *log) noticeScroll() {
	if l.hidden || l.isHidden() {
		return
	}
	top := l.scroller.Get("scrollTop").Float()
	if top == l.top {
		return
	}
	l.top = top
	l.follow = l.atEnd()
	if !l.follow {
		l.opening = false
	}
	l.over.closeMenu()
}

func (l *log) atEnd() bool {
	return !l.snap.MoreAfter && l.win.hi == rowCount(&l.snap) && l.rest() <= endSlack
}

// rest is how many CSS pixels of the window lie below what is seen.
func (l *log) rest() float64 {
	return l.scroller.Get("scrollHeight").Float() - l.scroller.Get("clientHeight").Float() -
		l.scroller.Get("scrollTop").Float()
}

func (l *log) scrollTo(top float64) {
	l.scroller.Set("scrollTop", top)
	l.top = l.scroller.Get("scrollTop").Float()
}

func (l *log) scrollToEnd() { l.scrollTo(l.scroller.Get("scrollHeight").Float()) }

// roam moves the window on where people come near its edge, by less than what is
// seen at a time, and, if load, asks for more messages where there are none.
func (l *log) roam(load bool) {
	n := rowCount(&l.snap)
	near := l.scroller.Get("clientHeight").Float()
	load = load && !l.snap.Loading
	switch {
	case l.top < near && l.win.lo > 0:
		l.draw(l.win.earlier(n), true)
	case l.top < near && load && l.snap.MoreBefore:
		l.props.OnLoadOlder()
	case l.win.hi < n && l.rest() < near:
		l.draw(l.win.later(n), true)
	case l.win.hi == n && l.rest() < near && load && l.snap.MoreAfter:
		l.props.OnLoadNewer()
	}
}

func (l *log) onScroll(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	if l.scroller == nil {
		return
	}
	l.noticeScroll()
	if !l.follow {
		l.roam(true)
		l.noticeStay()
	}
	l.showJump()
	l.lookSoon()
}

// stay is where people are in the log: at a row, by its id, that begins so far below
// the log's top edge, in CSS pixels.
type stay struct {
	id    string
	below float64
}

// noticeStay takes down where people are. The browser forgets it when the chat is
// moved in the document, and another width makes another scrollTop of it.
func (l *log) noticeStay() {
	if l.hidden || l.isHidden() {
		return
	}
	if item := l.anchor(l.list.shown); item != nil {
		l.stay = stay{rowOf(item), l.below(item)}
	}
}

// isHidden reports whether the log has no size. Its scrollTop then says nothing.
func (l *log) isHidden() bool { return l.scroller.Get("clientHeight").Int() == 0 }

// comeBack brings people back to where they were, once the log has a size again.
func (l *log) comeBack() {
	if l.scroller == nil {
		return
	}
	if l.hidden = l.isHidden(); l.hidden {
		return
	}
	l.offset = l.fromTop()
	node := l.list.nodes[l.stay.id]
	switch {
	case l.follow:
		l.scrollToEnd()
	case node != nil:
		l.scrollTo(l.scroller.Get("scrollTop").Float() + l.below(node.item) - l.stay.below)
	default:
		l.scrollTo(l.top)
	}
	l.lookSoon()
}
