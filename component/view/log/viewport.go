package log

import (
	"math"
	"slices"
	"sort"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
)

const (
	// endSlack is the distance from the end, in CSS pixels, within which the view counts as being at the
	// end.
	endSlack = 32
	// revealMargin is the distance, in CSS pixels, between the log's edge and a row that is scrolled into view, so that
	// the row's outline is visible.
	revealMargin = 8
)

// viewport holds the position of the log's scroller over its rows. Lengths are in CSS pixels.
type viewport struct {
	scroller app.Value
	list     *rowList
	offset   float64 // the distance of the scroller from the chat's top
	top      float64 // the last known scrollTop
	stay     stay    // the user's position, unless the view follows the end
	hidden   bool    // the scroller had no size at the last check
}

// stay is a position in the log: the id of a row, and its distance from the log's top edge.
type stay struct {
	id    string
	below float64
}

func (v *viewport) mount(scroller app.Value, list *rowList) { v.scroller, v.list = scroller, list }

// noticeTop measures the distance of the scroller from the chat's top, and returns the change since the last
// call.
func (v *viewport) noticeTop() (moved float64) {
	was := v.offset
	v.offset = -v.below(v.scroller.Get("parentElement"))
	return v.offset - was
}

// below returns the distance from the log's top edge to the top of an element.
//
//go:noinline
func (v *viewport) below(e app.Value) float64 { return (dom.Top(e) - dom.Top(v.scroller)) * v.scale() }

// scale returns the number of the log's CSS pixels in a pixel of the page. It differs from 1 if the chat is inside
// of a zoom or a transform. The list is high, so that its size in whole pixels is exact enough.
func (v *viewport) scale() float64 {
	height := v.list.ul.Call("getBoundingClientRect").Get("height").Float()
	own := v.list.ul.Get("offsetHeight").Float()
	if height == 0 || math.Abs(own-height) < 1 {
		return 1
	}
	return own / height
}

// anchor returns the row that keeps its position when the rows change, or nil. It is the first wanted row that
// begins inside the view, so that a row that grows above the view does not move the text that the user reads.
// Otherwise it is a wanted row that is partly visible.
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

// rowsSeen returns the approximate number of visible rows.
func (v *viewport) rowsSeen() int {
	height := v.list.ul.Get("offsetHeight").Float()
	if height <= 0 {
		return 1
	}
	return max(1, int(float64(len(v.list.shown))*v.height()/height)-1)
}

// isHidden reports whether the scroller has or had no size. Its scrollTop is then meaningless.
func (v *viewport) isHidden() bool { return v.hidden || v.scroller.Get("clientHeight").Int() == 0 }

// scrolled reports whether scrollTop has changed since the last check. A mere change of the view's size does not
// count.
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

// noticeStay stores the user's position. The browser forgets it when the chat is moved in the document, and another
// width changes its scrollTop.
func (v *viewport) noticeStay() {
	if v.isHidden() {
		return
	}
	if item := v.anchor(v.list.shown); item != nil {
		v.stay = stay{rowOf(item), v.below(item)}
	}
}

// comeBack scrolls to the stored position, or to the end if follow is true. It returns false while the scroller has
// no size.
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
