package log

import (
	"math"
	"slices"
	"sort"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
)

const (
	// endSlack is the distance from its end, in CSS pixels, within which the log counts as being at
	// its end.
	endSlack = 32
	// revealMargin is the distance, in CSS pixels, that a row keeps from the log's edges when it is
	// brought into view, so that its outline shows.
	revealMargin = 8
)

// viewport holds the position of the log's scroller over its rows. Lengths are in CSS pixels.
type viewport struct {
	scroller app.Value
	list     *rowList
	offset   float64 // of the scroller from the chat's top
	top      float64 // scrollTop as last seen
	stay     stay    // the user's place, unless the log follows the end
	hidden   bool    // the scroller had no size when last looked at
}

// stay is a place in the log: a row, by its id, that begins so far below the log's top edge.
type stay struct {
	id    string
	below float64
}

func (v *viewport) mount(scroller app.Value, list *rowList) { v.scroller, v.list = scroller, list }

// noticeTop measures the offset of the scroller from the chat's top, and returns the difference
// from the last time.
func (v *viewport) noticeTop() (moved float64) {
	was := v.offset
	v.offset = -v.below(v.scroller.Get("parentElement"))
	return v.offset - was
}

// below returns the distance from the log's top edge to the top of an element.
//
//go:noinline
func (v *viewport) below(e app.Value) float64 { return (dom.Top(e) - dom.Top(v.scroller)) * v.scale() }

// scale returns the log's CSS pixels in one of the page: a zoom or a transform around the chat makes
// it other than 1. The list is high, so that whole pixels tell it well enough for all of it.
func (v *viewport) scale() float64 {
	height := v.list.ul.Call("getBoundingClientRect").Get("height").Float()
	own := v.list.ul.Get("offsetHeight").Float()
	if height == 0 || math.Abs(own-height) < 1 {
		return 1
	}
	return own / height
}

// anchor returns the row that keeps its place when the rows change: the first that begins in sight
// and is wanted further on, so that a row which grows beyond the edge above moves nothing that is
// read; else a row that can be seen in part; nil: there is none.
func (v *viewport) anchor(wanted []row) app.Value {
	shown := v.list.shown
	edge := dom.Top(v.scroller)
	firstBelow := func(side string) int {
		return sort.Search(len(shown), func(i int) bool {
			return v.list.nodes[shown[i].id].item.Call("getBoundingClientRect").Get(side).Float() >= edge
		})
	}
	inPart := firstBelow("bottom")
	for _, first := range []int{firstBelow("top"), inPart} {
		for _, r := range shown[first:] {
			if slices.ContainsFunc(wanted, func(w row) bool { return w.id == r.id }) {
				return v.list.nodes[r.id].item
			}
		}
	}
	return nil
}

func (v *viewport) height() float64    { return v.scroller.Get("clientHeight").Float() }
func (v *viewport) scrollTop() float64 { return v.scroller.Get("scrollTop").Float() }

// rest returns the height of the rows below the view.
//
//go:noinline
func (v *viewport) rest() float64 {
	return v.scroller.Get("scrollHeight").Float() - v.height() - v.scrollTop()
}

//go:noinline
func (v *viewport) scrollTo(top float64) {
	v.scroller.Set("scrollTop", top)
	v.top = v.scrollTop()
}

func (v *viewport) scrollBy(distance float64) { v.scrollTo(v.scrollTop() + distance) }
func (v *viewport) scrollToEnd()              { v.scrollTo(v.scroller.Get("scrollHeight").Float()) }

// reveal scrolls as little as possible to show an element.
func (v *viewport) reveal(item app.Value) {
	above := revealMargin - v.below(item)
	below := v.below(item) + item.Get("offsetHeight").Float() - v.scroller.Get("offsetHeight").Float() + revealMargin
	switch top := v.scrollTop(); {
	case above > 0:
		v.scrollTo(top - above)
	case below > 0:
		v.scrollTo(top + min(below, -above))
	}
}

// rowsSeen returns about how many rows are seen at once.
func (v *viewport) rowsSeen() int {
	height := v.list.ul.Get("offsetHeight").Float()
	if height <= 0 {
		return 1
	}
	return max(1, int(float64(len(v.list.shown))*v.height()/height)-1)
}

// isHidden reports whether the scroller has no size, or had none. Its scrollTop then says nothing.
func (v *viewport) isHidden() bool { return v.hidden || v.scroller.Get("clientHeight").Int() == 0 }

// scrolled reports whether the scroller has moved since the last look. A view that only became
// smaller has not: its scrollTop is the same.
func (v *viewport) scrolled() bool {
	if v.isHidden() {
		return false
	}
	top := v.scrollTop()
	if top == v.top {
		return false
	}
	v.top = top
	return true
}

// noticeStay remembers the user's place. The browser forgets it when the chat is moved in the
// document, and another width makes another scrollTop of it.
func (v *viewport) noticeStay() {
	if v.isHidden() {
		return
	}
	if item := v.anchor(v.list.shown); item != nil {
		v.stay = stay{rowOf(item), v.below(item)}
	}
}

// comeBack scrolls to the remembered place, or to the end if the log follows it, and reports whether
// the scroller has a size again.
func (v *viewport) comeBack(follow bool) bool {
	if v.hidden = v.scroller.Get("clientHeight").Int() == 0; v.hidden {
		return false
	}
	v.noticeTop()
	node := v.list.nodes[v.stay.id]
	switch {
	case follow:
		v.scrollToEnd()
	case node != nil:
		v.scrollBy(v.below(node.item) - v.stay.below)
	default:
		v.scrollTo(v.top)
	}
	return true
}
