package log

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
)

// cursor holds the row that has the keyboard, or gets it with the Tab key. The log is one stop of
// that key; the arrow keys and their like go from row to row.
type cursor struct {
	scroller    app.Value
	list        *rowList
	device      *device
	rightToLeft bool
	current     string // the row, by its id; "": the last one
	within      bool   // the keyboard is in the log
}

// focused returns the id of the row that the keyboard is at, or "" while it is elsewhere.
func (c *cursor) focused() string {
	if c.within {
		return c.current
	}
	return ""
}

// focusLog puts the keyboard into the log, but at no row.
func (c *cursor) focusLog() {
	dom.Focus(c.scroller)
}

// focusRow puts the keyboard at a row that is in the document.
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

// placeIn finds a current row after the rows have changed. While the keyboard is elsewhere it is the
// last one. When a row goes away under the keyboard, that stays in the log.
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

// toControl goes, with the left and right arrow keys, through a row and the buttons and links in
// it, and reports whether the key did so. The sender's name, in front of the message, comes last.
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
	n := controls.Length() + 1 // place 0 is the row itself
	first := 1
	if n > 1 && controls.Index(0).Call("matches", ".hallway-profile").Bool() {
		first = 0 // in place of place 0 comes the last one
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
