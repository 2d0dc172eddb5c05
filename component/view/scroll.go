package view

import (
	"slices"
	"sort"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
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

func (l *log) fromTop() float64 { return topOf(l.scroller) - topOf(l.scroller.Get("parentElement")) }

// anchor is what stays in its place when the rows change: the first row that begins
// in sight and is wanted further on, so that one that grows beyond the edge above
// moves nothing that is read; where no such row is, one that can be seen in part.
func (l *log) anchor(wanted []row) app.Value {
	shown := l.list.shown
	edge := topOf(l.scroller)
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
	return !l.snap.MoreAfter && l.win.hi == rowCount(&l.snap) && l.below() <= endSlack
}

// below is how many CSS pixels of the window lie below what is seen.
func (l *log) below() float64 {
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
	case l.win.hi < n && l.below() < near:
		l.draw(l.win.later(n), true)
	case l.win.hi == n && l.below() < near && load && l.snap.MoreAfter:
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
	}
	l.showJump()
	l.lookSoon()
}
