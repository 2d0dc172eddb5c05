package log

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
)

// cursor holds the current row: the row with the focus, or the row that the Tab key moves to. The log
// is one stop of the Tab key. Other keys, such as the arrow keys, go from row to row.
type cursor struct {
	scroller    app.Value
	list        *rowList
	device      *device
	rightToLeft bool
	current     string // the id of the current row; "": the last row
	within      bool   // the focus is in the log
}

// focused returns the id of the row that has the focus, or "" if the focus is elsewhere.
func (c *cursor) focused() string {
	if c.within {
		return c.current
	}
	return ""
}

// focusLog moves the focus to the log, but not to a row.
func (c *cursor) focusLog() {
	dom.Focus(c.scroller)
}

// focusRow moves the focus to a row in the document.
func (c *cursor) focusRow(id string) {
	c.within = true
	c.set(id)
	item := c.list.nodes[id].item
	if !item.Equal(dom.Active()) {
		c.device.focusedRow = id
	}
	dom.Focus(item)
}

// set makes a row the current one.
func (c *cursor) set(id string) {
	if id == c.current {
		return
	}
	if was := c.list.nodes[c.current]; was != nil {
		was.item.Set("tabIndex", -1)
	}
	c.current = id
	if now := c.list.nodes[id]; now != nil {
		now.item.Set("tabIndex", 0)
	}
}

// placeIn finds the current row after the rows have changed. If the focus is elsewhere it is the last
// row. If the row with the focus was removed, the focus stays in the log.
func (c *cursor) placeIn(rows []row) {
	_, there := c.list.nodes[c.current]
	if there && (c.within || c.current == rows[len(rows)-1].id) {
		return
	}
	if c.within && c.current != "" {
		c.focusLog()
	}
	if len(rows) > 0 {
		c.set(rows[len(rows)-1].id)
	} else {
		c.current = ""
	}
}

// toControl moves the focus between a row and its buttons and links with the left and right arrow keys, and
// reports whether it did. The sender's name, which precedes the message, is the last stop.
func (c *cursor) toControl(key string, from, item app.Value) bool {
	var step int
	switch key {
	case "ArrowRight":
		step = 1
	case "ArrowLeft":
		step = -1
	default:
		return false
	}
	if c.rightToLeft {
		step = -step
	}
	c.device.use("")
	controls := item.Call("querySelectorAll", "button, a[href]")
	n := controls.Length() + 1 // index 0 is the row itself
	first := 1
	if n > 1 && controls.Index(0).Call("matches", ".hallway-profile").Bool() {
		first = 0 // the last stop replaces index 0
	}
	control := func(place int) app.Value { return controls.Index((place - first) % (n - 1)) }
	at := 0
	for i := 1; i < n; i++ {
		if control(i).Equal(from) {
			at = i
		}
	}
	if at = (at + step + n) % n; at == 0 {
		c.focusRow(rowOf(item))
	} else {
		dom.Focus(control(at))
	}
	return true
}
